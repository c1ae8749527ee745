//! One `SELECT`: its columns, its groups, its order.

use sqlparser::ast::{self, SelectItem, SelectItemQualifiedWildcardKind};

use super::super::Invalid;
use super::super::node::Node;
use super::super::scope::{Column, Relation, Scope};
use super::super::types::{Type, Typed, refuse};
use super::expr::{Place, path};
use super::from::Source;
use super::grouping::{self, Groups};
use super::{Ctes, Lowered, Lowerer, Output, listed, order_by, ordinal, sorted};

/// What a `SELECT` is made of, before it is written.
struct Parts {
    source: Option<Source>,
    selection: Option<Node>,
    outputs: Vec<Column>,
    keys: Vec<Node>,
    having: Option<Node>,
    order: Vec<(Node, String)>,
    distinct: bool,
    grouped: bool,
}

impl Lowerer<'_> {
    pub(super) fn select(
        &mut self,
        select: &ast::Select,
        order: &[ast::OrderByExpr],
        around: Option<&Scope<'_>>,
        ctes: &Ctes,
    ) -> Result<Lowered, Invalid> {
        must_be_plain(select)?;
        let mut relations = Vec::new();
        let source = self.from(&select.from, around, ctes, &mut relations)?;
        must_differ(&relations)?;
        let scope = Scope {
            relations: &relations,
            outputs: &[],
            around,
        };
        let selection = match &select.selection {
            Some(condition) => Some(self.condition(condition, Place::plain(&scope, "WHERE", ctes))?),
            None => None,
        };
        if let (Some(source), Some(condition)) = (&source, &selection) {
            self.bound(source, &relations, condition);
        }
        let outputs = self.projection(&select.projection, &scope, ctes)?;
        let keys = self.keys(&select.group_by, &outputs, &scope, ctes)?;
        let having = match &select.having {
            Some(condition) => Some(self.condition(condition, Place::aggregating(&scope, "HAVING", ctes))?),
            None => None,
        };
        let distinct = match &select.distinct {
            None | Some(ast::Distinct::All) => false,
            Some(ast::Distinct::Distinct) => true,
            Some(ast::Distinct::On(_)) => return refuse("DISTINCT ON is not known."),
        };
        let order = self.select_order(order, &outputs, distinct, &scope, ctes)?;
        let mut parts = Parts {
            source,
            selection,
            outputs,
            keys,
            having,
            order,
            distinct,
            grouped: false,
        };
        parts.check_groups(&select.group_by, &scope)?;
        Ok(self.written(&parts, &relations))
    }

    fn projection(&mut self, items: &[SelectItem], scope: &Scope<'_>, ctes: &Ctes) -> Result<Vec<Column>, Invalid> {
        let mut outputs = Vec::new();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expr) => outputs.push(Column {
                    name: shown(expr),
                    value: self.expr(expr, Place::aggregating(scope, "SELECT", ctes))?,
                }),
                SelectItem::ExprWithAlias { expr, alias } => outputs.push(Column {
                    name: Some(alias.value.clone()),
                    value: self.expr(expr, Place::aggregating(scope, "SELECT", ctes))?,
                }),
                SelectItem::Wildcard(options) => {
                    must_be_bare(options)?;
                    if scope.relations.is_empty() {
                        return refuse("SELECT * needs FROM.");
                    }
                    let all = scope.relations.iter().flat_map(|relation| &relation.columns);
                    outputs.extend(all.cloned());
                }
                SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(name), options) => {
                    must_be_bare(options)?;
                    let wanted = name.to_string().trim_matches('"').to_lowercase();
                    let relation = scope
                        .relations
                        .iter()
                        .find(|relation| relation.name.as_ref() == Some(&wanted));
                    match relation {
                        Some(relation) => outputs.extend(relation.columns.iter().cloned()),
                        None => {
                            return refuse(format!("Unable to resolve reference {name}.*: there is no such table."));
                        }
                    }
                }
                other => return refuse(format!("{other} is not known in SELECT.")),
            }
        }
        Ok(outputs)
    }

    fn keys(
        &mut self,
        group_by: &ast::GroupByExpr,
        outputs: &[Column],
        scope: &Scope<'_>,
        ctes: &Ctes,
    ) -> Result<Vec<Node>, Invalid> {
        let ast::GroupByExpr::Expressions(exprs, modifiers) = group_by else {
            return refuse("GROUP BY ALL is not known.");
        };
        if !modifiers.is_empty() {
            return refuse("GROUP BY … WITH is not known.");
        }
        let mut keys = Vec::new();
        for expr in exprs {
            let value = match ordinal(expr, outputs, "GROUP BY")? {
                Some(value) => value,
                None => self.expr(expr, Place::plain(scope, "GROUP BY", ctes))?,
            };
            if value.nodes.iter().any(Node::has_aggregate) {
                return refuse(format!("GROUP BY cannot contain aggregates: {expr}."));
            }
            keys.extend(value.nodes);
        }
        Ok(keys)
    }

    fn select_order(
        &mut self,
        order: &[ast::OrderByExpr],
        outputs: &[Column],
        distinct: bool,
        scope: &Scope<'_>,
        ctes: &Ctes,
    ) -> Result<Vec<(Node, String)>, Invalid> {
        let inside = Scope { outputs, ..*scope };
        let mut terms = Vec::new();
        for term in order {
            let value = match ordinal(&term.expr, outputs, "ORDER BY")? {
                Some(value) => value,
                None => self.expr(&term.expr, Place::aggregating(&inside, "ORDER BY", ctes))?,
            };
            if distinct && !outputs.iter().any(|output| output.value == value) {
                return refuse(format!(
                    "For SELECT DISTINCT, ORDER BY expressions must appear in select list: {}.",
                    term.expr
                ));
            }
            terms.extend(sorted(value, term)?);
        }
        Ok(terms)
    }

    fn written(&self, parts: &Parts, relations: &[Relation]) -> Lowered {
        let nodes: Vec<Node> = parts
            .outputs
            .iter()
            .flat_map(|output| output.value.nodes.clone())
            .collect();
        let mut rows = String::new();
        if let Some(source) = &parts.source {
            rows.push_str(" FROM ");
            rows.push_str(&source.sql(&self.scans));
        }
        if let Some(condition) = &parts.selection {
            rows.push_str(" WHERE ");
            rows.push_str(&condition.sql());
        }
        let mut sql = format!(
            "SELECT {}{}{rows}",
            if parts.distinct { "DISTINCT " } else { "" },
            listed(&nodes)
        );
        if !parts.keys.is_empty() {
            let keys: Vec<String> = parts.keys.iter().map(Node::term).collect();
            sql.push_str(" GROUP BY ");
            sql.push_str(&keys.join(", "));
        }
        if let Some(condition) = &parts.having {
            sql.push_str(" HAVING ");
            sql.push_str(&condition.sql());
        }
        sql.push_str(&order_by(&parts.order));
        Lowered {
            sql,
            columns: parts
                .outputs
                .iter()
                .map(|output| Output {
                    name: output.name.clone(),
                    ty: output.value.ty.clone(),
                })
                .collect(),
            outer: parts.outer(relations),
            matched: Some(format!("SELECT count(*){rows}")),
        }
    }
}

impl Parts {
    fn all_nodes(&self) -> impl Iterator<Item = &Node> {
        self.outputs
            .iter()
            .flat_map(|output| &output.value.nodes)
            .chain(&self.having)
            .chain(self.order.iter().map(|(node, _)| node))
    }

    /// In a query with groups, everything must be a key or in an aggregate: `SQLite` would take any row's.
    fn check_groups(&mut self, group_by: &ast::GroupByExpr, scope: &Scope<'_>) -> Result<(), Invalid> {
        let by = matches!(group_by, ast::GroupByExpr::Expressions(exprs, _) if !exprs.is_empty());
        let aggregates = self.all_nodes().any(Node::has_aggregate);
        self.grouped = by || aggregates;
        if !self.grouped {
            return match self.having {
                Some(_) => refuse("HAVING needs GROUP BY or an aggregate."),
                None => Ok(()),
            };
        }
        if by && self.outputs.is_empty() {
            return refuse("GROUP BY needs columns.");
        }
        let groups = Groups {
            keys: &self.keys,
            scope,
        };
        for node in self.all_nodes() {
            grouping::check(node, &groups)?;
        }
        Ok(())
    }

    /// The columns that belong to a query around this one.
    fn outer(&self, relations: &[Relation]) -> Vec<Node> {
        let mut found = Vec::new();
        for node in self.all_nodes().chain(&self.keys).chain(&self.selection) {
            node.columns(&mut found);
        }
        if let Some(source) = &self.source {
            source.columns(&mut found);
        }
        found.retain(|node| !grouping::is_of(node, relations));
        found
    }
}

impl Source {
    fn columns(&self, found: &mut Vec<Node>) {
        if let Self::Join { left, right, on, .. } = self {
            left.columns(found);
            right.columns(found);
            if let Some(on) = on {
                on.columns(found);
            }
        }
    }
}

/// The key of an unnamed column: what was written, without what is before the last dot.
fn shown(expr: &ast::Expr) -> Option<String> {
    match expr {
        ast::Expr::Nested(inner) => shown(inner),
        other => path(other).and_then(|mut parts| parts.pop()),
    }
}

fn must_differ(relations: &[Relation]) -> Result<(), Invalid> {
    for (at, relation) in relations.iter().enumerate() {
        let twice = relation.name.is_some() && relations.iter().skip(at + 1).any(|other| other.name == relation.name);
        if twice {
            let name = relation.name.clone().unwrap_or_default();
            return refuse(format!(
                "The table name '{name}' stands for two tables; give them aliases."
            ));
        }
    }
    Ok(())
}

fn must_be_bare(options: &ast::WildcardAdditionalOptions) -> Result<(), Invalid> {
    let more = options.opt_ilike.is_some()
        || options.opt_exclude.is_some()
        || options.opt_except.is_some()
        || options.opt_replace.is_some()
        || options.opt_rename.is_some()
        || options.opt_alias.is_some();
    if more {
        return refuse("Nothing is known behind SELECT *.");
    }
    Ok(())
}

fn must_be_plain(select: &ast::Select) -> Result<(), Invalid> {
    let unknown = [
        (select.select_modifiers.is_some(), "a modifier of SELECT"),
        (select.top.is_some(), "TOP"),
        (select.exclude.is_some(), "EXCLUDE"),
        (select.into.is_some(), "INTO"),
        (!select.lateral_views.is_empty(), "LATERAL VIEW"),
        (select.prewhere.is_some(), "PREWHERE"),
        (!select.connect_by.is_empty(), "CONNECT BY"),
        (!select.cluster_by.is_empty(), "CLUSTER BY"),
        (!select.distribute_by.is_empty(), "DISTRIBUTE BY"),
        (!select.sort_by.is_empty(), "SORT BY"),
        (!select.named_window.is_empty(), "WINDOW"),
        (select.qualify.is_some(), "QUALIFY"),
        (select.value_table_mode.is_some(), "SELECT AS"),
        (
            !matches!(select.flavor, ast::SelectFlavor::Standard),
            "FROM before SELECT",
        ),
        (select.projection.is_empty(), "SELECT without columns"),
    ];
    match unknown.into_iter().find(|(used, _)| *used) {
        Some((_, clause)) => refuse(format!("The clause {clause} is not known.")),
        None => Ok(()),
    }
}

/// What `count` and `IS NULL` see: a row is null where all its fields are.
pub(super) fn whole(value: Typed) -> Node {
    match value.ty {
        Type::Row(_) => Node::Apply(super::super::node::Form::Builtin("coalesce"), value.nodes),
        _ => value.nodes.into_iter().next().unwrap_or(Node::Null),
    }
}
