//! What a VU that starts from an image writes to, in pages: that is what it costs.

use std::time::{Duration, Instant};

use runner_tests::{Runner, is_k6, target};

/// However many shapes of objects and names a script has, the tables of them do not grow in each VU:
/// that would write to a page for every few of them.
#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "needs /proc/PID/smaps")]
fn a_vu_writes_to_few_pages_of_the_image() {
    if is_k6() {
        return;
    }
    const VUS: usize = 20;
    for shapes in [0, 100, 200, 300, 400] {
        let source = format!(
            "import http from 'k6/http'; import {{ sleep }} from 'k6';
            export const options = {{ vus: {VUS}, duration: '1m' }};
            const kept = []; for (let i = 0; i < {shapes}; i++) kept.push({{ [`property ${{i}}`]: i }});
            export default function () {{ http.get(`${{__ENV.HTTP}}/get`); console.log('asked'); sleep(60); }}"
        );
        let running = Runner::new()
            .script(&source)
            .args(["-v", "--fork", "always"])
            .script_env("HTTP", target().http())
            .start();
        running.until("VUs start from an image of the initialised script");
        let deadline = Instant::now() + Duration::from_secs(60);
        while running.stderr().matches("msg=asked").count() < VUS {
            assert!(Instant::now() < deadline, "{}", running.stderr());
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut written = running.written("wasm-memory-image");
        written.sort_unstable();
        assert!(written.len() >= VUS, "{written:?}");
        // 16 pages at the time of writing; it was 46 where a table grew.
        assert!(
            written[written.len() / 2] <= 100,
            "{shapes} shapes: {written:?}"
        );
        running.interrupt();
        running.wait();
    }
}
