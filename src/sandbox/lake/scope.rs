//! What a name means where it stands.

use super::Invalid;
use super::node::Node;
use super::schema::ERROR_MESSAGE;
use super::types::{Type, Typed, refuse};

/// A column that can be named.
#[derive(Clone, Debug)]
pub(super) struct Column {
    /// As it is shown; names are compared in lower case.
    pub(super) name: Option<String>,
    /// What it stands for.
    pub(super) value: Typed,
}

/// A table, or what stands in the place of one.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    /// Unique in the statement.
    pub(super) id: usize,
    /// Its alias, else its own name, in lower case.
    pub(super) name: Option<String>,
    /// What it has.
    pub(super) columns: Vec<Column>,
}

impl Relation {
    /// A relation whose values come one after the other.
    pub(super) fn new(id: usize, name: Option<String>, columns: impl Iterator<Item = (Option<String>, Type)>) -> Self {
        let mut next = 0;
        let columns = columns.map(|(name, ty)| {
            let first = next;
            next += ty.width();
            let nodes = (first..next).map(|column| Node::Column { relation: id, column });
            let nodes = nodes.collect();
            Column {
                name,
                value: Typed { ty, nodes },
            }
        });
        Self {
            id,
            name,
            columns: columns.collect(),
        }
    }
}

/// The names of one query, and those of the queries around it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// The query's own.
    pub(super) relations: &'a [Relation],
    /// Names that come first, in `ORDER BY`.
    pub(super) outputs: &'a [Column],
    /// The query around it.
    pub(super) around: Option<&'a Self>,
}

impl Scope<'_> {
    /// What a name of one or more parts means.
    pub(super) fn resolve(&self, parts: &[String]) -> Result<Typed, Invalid> {
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some(found) = here.resolve_here(parts)? {
                return Ok(found);
            }
            scope = here.around;
        }
        refuse(format!("Column '{}' cannot be resolved.", parts.join(".")))
    }

    fn resolve_here(&self, parts: &[String]) -> Result<Option<Typed>, Invalid> {
        let Some((first, rest)) = parts.split_first() else {
            return Ok(None);
        };
        if let Some(found) = one_of(self.outputs.iter(), first)? {
            return fields(found, rest).map(Some);
        }
        let mut named = self
            .relations
            .iter()
            .filter(|relation| relation.name.as_ref() == Some(first));
        if let (Some(relation), Some((column, rest))) = (named.next(), rest.split_first())
            && let Some(found) = one_of(relation.columns.iter(), column)?
        {
            return fields(found, rest).map(Some);
        }
        let all = self.relations.iter().flat_map(|relation| &relation.columns);
        match one_of(all, first)? {
            Some(found) => fields(found, rest).map(Some),
            None => Ok(None),
        }
    }

    /// The name of a column, for messages.
    pub(super) fn name_of(&self, node: &Node) -> String {
        self.relations
            .iter()
            .flat_map(|relation| &relation.columns)
            .find(|column| column.value.nodes.contains(node))
            .and_then(|column| column.name.clone())
            .unwrap_or_else(|| "?".to_owned())
    }
}

fn one_of<'a>(columns: impl Iterator<Item = &'a Column>, name: &str) -> Result<Option<Typed>, Invalid> {
    let mut found: Option<&Typed> = None;
    for column in columns {
        let same = column.name.as_ref().is_some_and(|own| own.to_lowercase() == name);
        if same && found.is_some_and(|found| *found != column.value) {
            return refuse(format!("Column '{name}' is ambiguous."));
        }
        if same {
            found = Some(&column.value);
        }
    }
    Ok(found.cloned())
}

/// Goes into a struct.
pub(super) fn fields(of: Typed, path: &[String]) -> Result<Typed, Invalid> {
    let mut value = of;
    for name in path {
        value = field(value, name)?;
    }
    Ok(value)
}

fn field(of: Typed, name: &str) -> Result<Typed, Invalid> {
    let Type::Row(fields) = of.ty else {
        return refuse(format!("'.{name}' needs a row, and this is a {}.", of.ty));
    };
    let wanted = match name {
        "errormessage" if fields.iter().any(|(name, _)| name == ERROR_MESSAGE) => ERROR_MESSAGE,
        other => other,
    };
    let mut nodes = of.nodes.into_iter();
    for (name, ty) in fields {
        let own: Vec<Node> = nodes.by_ref().take(ty.width()).collect();
        if name == wanted {
            return Ok(Typed { ty, nodes: own });
        }
    }
    refuse(format!("Column '{name}' cannot be resolved: there is no such field."))
}
