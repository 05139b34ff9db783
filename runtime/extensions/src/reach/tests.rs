//! Tests of [`super`].

use super::*;
use crate::Grant;

fn reach(net: &[&str]) -> Reach {
    let mut grants = Grants::default();
    for text in net {
        grants.add(Grant::Net(NetGrant::parse(text).unwrap()), Path::new("/"));
    }
    Reach::new("x", &grants)
}

#[test]
fn requests_go_to_granted_hosts_only() {
    let granted = reach(&["api.local:80", "[::1]:8080", "127.0.0.1:*"]);
    for url in [
        "http://api.local/a",
        "http://API.local:80?x",
        "http://me:secret@api.local/",
        "http://[::1]:8080/",
        "https://127.0.0.1/",
        "http://127.0.0.1:9/",
    ] {
        granted.http(url).unwrap();
    }
    for url in [
        "https://api.local/",
        "http://api.local:81/",
        "http://api.local@evil.local/",
        "http://evil.local/?http://api.local/",
        "http://evil.local\\@api.local/",
        "http://[::1]/",
    ] {
        let refused = granted.http(url).unwrap_err();
        assert!(refused.contains("--allow-net x:"), "{url}: {refused}");
    }
    for url in [
        "api.local",
        " http://api.local/",
        "ftp://api.local/",
        "http://api.local:x/",
    ] {
        assert!(granted.http(url).is_err(), "{url}");
    }
    assert!(!granted.any_host());
    assert!(reach(&["*:*"]).any_host());
}

#[test]
fn names_are_looked_up_only_where_granted_by_name() {
    let granted = reach(&["db.local:1", "127.0.0.1:2"]);
    assert!(granted.lookup("db.local") && granted.lookup("DB.local.") && granted.lookup("::1"));
    assert!(!granted.lookup("localhost"));
    let noted = granted.denials().take().unwrap();
    assert!(noted.contains("--allow-net x:localhost:PORT"), "{noted}");
    assert!(reach(&["*:1"]).lookup("localhost"));
}

#[tokio::test]
async fn addresses_of_granted_names_are_covered() {
    let granted = reach(&["localhost:1"]);
    let asks = |address: &str, wanted| granted.clone().socket(address.parse().unwrap(), wanted);
    assert!(asks("127.0.0.1:1", SocketAddrUse::TcpConnect).await);
    assert!(!asks("127.0.0.1:2", SocketAddrUse::TcpConnect).await);
    assert!(asks("0.0.0.0:0", SocketAddrUse::UdpBind).await);
    assert!(!asks("0.0.0.0:53", SocketAddrUse::UdpBind).await);
    assert!(!asks("127.0.0.1:1", SocketAddrUse::TcpListen).await);
    let nothing = reach(&[]);
    let address = "127.0.0.1:1".parse().unwrap();
    let connected = nothing.clone().socket(address, SocketAddrUse::TcpConnect);
    assert!(!connected.await);
    let noted = nothing.denials().take().unwrap();
    assert!(noted.ends_with("--allow-net x:127.0.0.1:1"), "{noted}");
}

#[test]
fn files_are_followed_to_where_they_really_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path("in")).unwrap();
    std::fs::write(path("in/a"), "").unwrap();
    std::fs::write(path("out"), "").unwrap();
    std::os::unix::fs::symlink(path("out"), path("in/link")).unwrap();
    std::os::unix::fs::symlink(path("nowhere"), path("in/dangling")).unwrap();
    let mut grants = Grants::default();
    grants.add(Grant::Read(path("in")), Path::new("/"));
    let reach = Reach::new("x", &grants);
    reach.read(Path::new("/"), &path("in/a")).unwrap();
    reach.read(Path::new("/"), &path("in/new")).unwrap();
    for name in ["out", "in/../out", "in/link", "in/dangling", "in2"] {
        assert!(reach.read(Path::new("/"), &path(name)).is_err(), "{name}");
    }
    assert!(
        reach
            .write(Path::new("/"), &path("in/a"))
            .unwrap_err()
            .contains("--allow-write x:DIR")
    );
}
