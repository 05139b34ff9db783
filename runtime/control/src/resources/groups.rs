//! `/v1/groups`: the tree of groups as a flat list, each group naming its parent and children.
//!
//! Ids are MD5 sums of paths, as in k6.

use md5::{Digest, Md5};
use serde::Serialize;

use super::Document;
use crate::live::Group;

#[derive(Serialize)]
struct Reference {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
}

#[derive(Serialize)]
struct Relationships {
    groups: Document<Vec<Reference>>,
    parent: Document<Option<Reference>>,
}

#[derive(Serialize)]
struct CheckAttributes {
    id: String,
    path: String,
    name: String,
    passes: u64,
    fails: u64,
}

#[derive(Serialize)]
struct Attributes {
    path: String,
    name: String,
    /// `null` for none, as in k6.
    checks: Option<Vec<CheckAttributes>>,
}

#[derive(Serialize)]
struct GroupResource {
    #[serde(rename = "type")]
    kind: &'static str,
    id: String,
    attributes: Attributes,
    relationships: Relationships,
}

fn id(path: &str) -> String {
    let digest: [u8; 16] = Md5::digest(path.as_bytes()).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn reference(group: &Group) -> Reference {
    Reference {
        kind: "groups",
        id: id(&group.path),
    }
}

fn resource(group: &Group, parent: Option<&Group>) -> GroupResource {
    let checks = group.checks.iter().map(|check| {
        let path = format!("{}::{}", group.path, check.name);
        CheckAttributes {
            id: id(&path),
            path,
            name: check.name.clone(),
            passes: check.passes,
            fails: check.fails,
        }
    });
    let checks = checks.collect::<Vec<_>>();
    GroupResource {
        kind: "groups",
        id: id(&group.path),
        attributes: Attributes {
            path: group.path.clone(),
            name: group.name.clone(),
            checks: (!checks.is_empty()).then_some(checks),
        },
        relationships: Relationships {
            groups: Document {
                data: group.groups.iter().map(reference).collect(),
            },
            parent: Document {
                data: parent.map(reference),
            },
        },
    }
}

/// Parents before their children. Scripts nest groups as deep as they like, so no recursion.
fn flat(root: &Group) -> Vec<GroupResource> {
    let mut open: Vec<(&Group, Option<&Group>)> = vec![(root, None)];
    let mut resources = Vec::new();
    while let Some((group, parent)) = open.pop() {
        resources.push(resource(group, parent));
        open.extend(group.groups.iter().rev().map(|child| (child, Some(group))));
    }
    resources
}

/// All of them.
pub(crate) fn list(root: &Group) -> impl Serialize + use<> {
    Document { data: flat(root) }
}

/// One of them.
pub(crate) fn one(root: &Group, id: &str) -> Option<impl Serialize + use<>> {
    let found = flat(root).into_iter().find(|group| group.id == id)?;
    Some(Document { data: found })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Check;

    fn tree() -> Group {
        let check = |name: &str, passes, fails| Check {
            name: name.to_owned(),
            passes,
            fails,
        };
        let inner = Group {
            name: "inner".to_owned(),
            path: "::outer::inner".to_owned(),
            groups: Vec::new(),
            checks: vec![check("never", 0, 56)],
        };
        let outer = Group {
            name: "outer".to_owned(),
            path: "::outer".to_owned(),
            groups: vec![inner],
            checks: vec![check("is one", 56, 0)],
        };
        Group {
            groups: vec![outer],
            ..Group::default()
        }
    }

    #[test]
    fn the_answer_is_k6s_to_the_letter() {
        let expected = r#"{"data":[{"type":"groups","id":"d41d8cd98f00b204e9800998ecf8427e","attributes":{"path":"","name":"","checks":null},"relationships":{"groups":{"data":[{"type":"groups","id":"c34b428ee7255085dfe7fef53d3394d5"}]},"parent":{"data":null}}},{"type":"groups","id":"c34b428ee7255085dfe7fef53d3394d5","attributes":{"path":"::outer","name":"outer","checks":[{"id":"b67ea3b427d66cce73e0ef5222ed66e0","path":"::outer::is one","name":"is one","passes":56,"fails":0}]},"relationships":{"groups":{"data":[{"type":"groups","id":"b6c425bc7b9e3d21a2d56ce7a6de3614"}]},"parent":{"data":{"type":"groups","id":"d41d8cd98f00b204e9800998ecf8427e"}}}},{"type":"groups","id":"b6c425bc7b9e3d21a2d56ce7a6de3614","attributes":{"path":"::outer::inner","name":"inner","checks":[{"id":"ad768432c4a1bacebb70aa9d1649c444","path":"::outer::inner::never","name":"never","passes":0,"fails":56}]},"relationships":{"groups":{"data":[]},"parent":{"data":{"type":"groups","id":"c34b428ee7255085dfe7fef53d3394d5"}}}}]}"#;
        assert_eq!(serde_json::to_string(&list(&tree())).unwrap(), expected);
        let one = one(&tree(), "c34b428ee7255085dfe7fef53d3394d5").unwrap();
        let text = serde_json::to_string(&one).unwrap();
        assert!(
            text.contains(r#""path":"::outer","name":"outer""#),
            "{text}"
        );
        assert!(super::one(&tree(), "nope").is_none());
    }
}
