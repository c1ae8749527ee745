//! What a query with groups may say of its rows.

use super::super::Invalid;
use super::super::node::Node;
use super::super::scope::{Relation, Scope};
use super::super::types::refuse;

/// The keys of a query's groups.
#[derive(Clone, Copy, Debug)]
pub(super) struct Groups<'a> {
    /// What is the same within a group.
    pub(super) keys: &'a [Node],
    /// The query's names.
    pub(super) scope: &'a Scope<'a>,
}

/// Refuses what differs within a group.
pub(super) fn check(node: &Node, groups: &Groups<'_>) -> Result<(), Invalid> {
    if groups.keys.contains(node) {
        return Ok(());
    }
    match node {
        Node::Column { .. } if is_of(node, groups.scope.relations) => refuse(format!(
            "'{}' must be an aggregate expression or appear in GROUP BY clause.",
            groups.scope.name_of(node)
        )),
        Node::Apply(_, args) => args.iter().try_for_each(|arg| check(arg, groups)),
        Node::Query { subject, outer, .. } => {
            if let Some(subject) = subject {
                check(subject, groups)?;
            }
            outer.iter().try_for_each(|column| check(column, groups))
        }
        _ => Ok(()),
    }
}

/// Whether a column is one of these relations'.
pub(super) fn is_of(node: &Node, relations: &[Relation]) -> bool {
    matches!(node, Node::Column { relation, .. } if relations.iter().any(|own| own.id == *relation))
}
