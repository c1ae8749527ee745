//! `FROM`: stores, subqueries, and how they are joined.

use sqlparser::ast::{self, JoinConstraint, JoinOperator, TableFactor};

use super::super::node::Node;
use super::super::schema::{self, Stored};
use super::super::scope::{Relation, Scope};
use super::super::types::{Type, refuse};
use super::super::{Invalid, Schema, Table};
use super::expr::Place;
use super::{Ctes, Lowerer, Output, Scan, relation_of, renamed};

/// What rows come from.
#[derive(Debug)]
pub(super) enum Source {
    /// A store; `scan` is its place among the lowerer's scans.
    Store {
        /// Its id in the statement.
        relation: usize,
        /// The store.
        table: Table,
        /// Where its bounds are.
        scan: usize,
    },
    /// A subquery, or a name of `WITH`.
    Query {
        /// Its id in the statement.
        relation: usize,
        /// `SQLite`'s text.
        sql: String,
    },
    /// Two of them.
    Join {
        /// The one before.
        left: Box<Self>,
        /// `SQLite`'s word.
        kind: &'static str,
        /// The one after.
        right: Box<Self>,
        /// What goes with what.
        on: Option<Node>,
    },
}

impl Source {
    /// `SQLite`'s text.
    pub(super) fn sql(&self, scans: &[Scan]) -> String {
        match self {
            Self::Store { relation, table, scan } => {
                let columns = schema::columns(table.schema);
                let values = columns.iter().flat_map(|column: &Stored| &column.values);
                let values = values.enumerate().map(|(at, value)| format!("{value} AS c{at}"));
                let values = values.collect::<Vec<_>>().join(", ");
                let rows = match (table.schema, scans.get(*scan)) {
                    (Schema::ActivityAuditLog, Some(scan)) => scan.rows(),
                    _ => "WHERE 0".to_owned(),
                };
                format!("(SELECT {values} {rows}) AS t{relation}")
            }
            Self::Query { relation, sql } => format!("{sql} AS t{relation}"),
            Self::Join { left, kind, right, on } => {
                let on = on.as_ref().map_or_else(String::new, |on| format!(" ON {}", on.sql()));
                let after = match right.as_ref() {
                    Self::Join { .. } => format!("({})", right.sql(scans)),
                    one => one.sql(scans),
                };
                format!("{} {kind} {after}{on}", left.sql(scans))
            }
        }
    }

    /// The stores in it: relation, and place among the scans.
    pub(super) fn stores(&self, found: &mut Vec<(usize, usize)>) {
        match self {
            Self::Store { relation, table, scan } => {
                if table.schema == Schema::ActivityAuditLog {
                    found.push((*relation, *scan));
                }
            }
            Self::Query { .. } => {}
            Self::Join { left, right, .. } => {
                left.stores(found);
                right.stores(found);
            }
        }
    }
}

impl Scan {
    /// `FROM` and `WHERE` of what is read.
    pub(in super::super) fn rows(&self) -> String {
        let mut rows = format!(
            "FROM events AS e WHERE e.store = '{}' AND e.visible_at <= ?1",
            self.store.replace('\'', "''")
        );
        for bound in &self.bounds {
            rows.push_str(" AND ");
            rows.push_str(bound);
        }
        rows
    }
}

impl Lowerer<'_> {
    /// Lowers a whole `FROM`; its relations are added to `relations`.
    pub(super) fn from(
        &mut self,
        from: &[ast::TableWithJoins],
        around: Option<&Scope<'_>>,
        ctes: &Ctes,
        relations: &mut Vec<Relation>,
    ) -> Result<Option<Source>, Invalid> {
        let mut all: Option<Source> = None;
        for item in from {
            let one = self.joined(item, around, ctes, relations)?;
            all = Some(match all {
                None => one,
                Some(left) => Source::Join {
                    left: Box::new(left),
                    kind: "CROSS JOIN",
                    right: Box::new(one),
                    on: None,
                },
            });
        }
        Ok(all)
    }

    fn joined(
        &mut self,
        item: &ast::TableWithJoins,
        around: Option<&Scope<'_>>,
        ctes: &Ctes,
        relations: &mut Vec<Relation>,
    ) -> Result<Source, Invalid> {
        let first = relations.len();
        let mut left = self.factor(&item.relation, ctes, relations)?;
        for join in &item.joins {
            if join.global {
                return refuse("GLOBAL JOIN is not known.");
            }
            let right = self.factor(&join.relation, ctes, relations)?;
            let (kind, constraint) = kind(&join.join_operator)?;
            let on = match (kind, constraint) {
                ("CROSS JOIN", JoinConstraint::None) => None,
                ("CROSS JOIN", _) => return refuse("A CROSS JOIN has no condition."),
                (_, JoinConstraint::On(on)) => {
                    let scope = Scope {
                        relations: relations.get(first..).unwrap_or_default(),
                        outputs: &[],
                        around,
                    };
                    Some(self.condition(on, Place::plain(&scope, "a JOIN condition", ctes))?)
                }
                (_, JoinConstraint::Using(_)) => return refuse("JOIN … USING is not known; write ON."),
                (_, JoinConstraint::Natural) => return refuse("NATURAL JOIN is not known; write ON."),
                (kind, JoinConstraint::None) => return refuse(format!("A {kind} needs ON.")),
            };
            left = Source::Join {
                left: Box::new(left),
                kind,
                right: Box::new(right),
                on,
            };
        }
        Ok(left)
    }

    fn factor(&mut self, factor: &TableFactor, ctes: &Ctes, relations: &mut Vec<Relation>) -> Result<Source, Invalid> {
        match factor {
            TableFactor::Table {
                name,
                alias,
                args: None,
                with_hints,
                version: None,
                with_ordinality: false,
                partitions,
                json_path: None,
                sample: None,
                index_hints,
            } if with_hints.is_empty() && partitions.is_empty() && index_hints.is_empty() => {
                self.table(name, alias.as_ref(), ctes, relations)
            }
            TableFactor::Derived {
                lateral: false,
                subquery,
                alias,
                sample: None,
            } => {
                let lowered = self.query(subquery, None, ctes)?;
                super::must_be_kept(&lowered.columns)?;
                let sql = format!("({})", lowered.sql);
                self.add(sql, lowered.columns, None, alias.as_ref(), relations)
            }
            TableFactor::NestedJoin {
                table_with_joins,
                alias: None,
            } if table_with_joins.joins.is_empty() => self.factor(&table_with_joins.relation, ctes, relations),
            other => refuse(format!("FROM {other} is not known.")),
        }
    }

    fn table(
        &mut self,
        name: &ast::ObjectName,
        alias: Option<&ast::TableAlias>,
        ctes: &Ctes,
        relations: &mut Vec<Relation>,
    ) -> Result<Source, Invalid> {
        let [ast::ObjectNamePart::Identifier(ident)] = name.0.as_slice() else {
            return Err(Invalid::NoStore(name.to_string()));
        };
        let ident = ident.value.to_lowercase();
        if let Some((sql, columns)) = ctes.get(&ident) {
            return self.add(sql.clone(), columns.clone(), Some(ident), alias, relations);
        }
        let Some(table) = self.tables.get(&ident).cloned() else {
            return Err(Invalid::NoStore(ident));
        };
        let relation = self.next_id();
        let columns = schema::columns(table.schema).into_iter().map(|column| Output {
            name: Some(column.name.to_owned()),
            ty: column.ty,
        });
        let columns = match alias {
            Some(alias) => renamed(columns.collect(), alias)?,
            None => columns.collect(),
        };
        let name = alias.map_or(ident, |alias| alias.name.value.to_lowercase());
        relations.push(relation_of(relation, Some(name), &columns));
        self.scans.push(Scan {
            store: table.id.clone(),
            bounds: Vec::new(),
        });
        Ok(Source::Store {
            relation,
            table,
            scan: self.scans.len() - 1,
        })
    }

    fn add(
        &mut self,
        sql: String,
        columns: Vec<Output>,
        name: Option<String>,
        alias: Option<&ast::TableAlias>,
        relations: &mut Vec<Relation>,
    ) -> Result<Source, Invalid> {
        let relation = self.next_id();
        let columns = match alias {
            Some(alias) => renamed(columns, alias)?,
            None => columns,
        };
        let name = alias.map(|alias| alias.name.value.to_lowercase()).or(name);
        relations.push(relation_of(relation, name, &columns));
        Ok(Source::Query { relation, sql })
    }

    /// Finds bounds of `eventTime` among the conditions that all must hold, and gives them to the stores.
    pub(super) fn bound(&mut self, source: &Source, relations: &[Relation], condition: &Node) {
        let mut stores = Vec::new();
        source.stores(&mut stores);
        for (id, scan) in stores {
            let time = relations
                .iter()
                .find(|relation| relation.id == id)
                .and_then(|relation| {
                    relation
                        .columns
                        .iter()
                        .find(|column| column.value.ty == Type::Timestamp)
                })
                .and_then(|column| column.value.nodes.first());
            if let (Some(time), Some(scan)) = (time, self.scans.get_mut(scan)) {
                bounds(condition, time, &mut scan.bounds);
            }
        }
    }
}

/// Stored times are whole seconds, so a limit in milliseconds is rounded to the side that keeps the meaning.
fn bounds(condition: &Node, time: &Node, found: &mut Vec<String>) {
    use super::super::node::Form;
    let Node::Apply(Form::Infix(operator), args) = condition else {
        return;
    };
    if *operator == "AND" {
        return args.iter().for_each(|arg| bounds(arg, time, found));
    }
    let [left, right] = args.as_slice() else { return };
    let (limit, operator) = if left == time && right.is_constant() {
        (right, *operator)
    } else if right == time && left.is_constant() {
        let turned = match *operator {
            "<" => ">",
            "<=" => ">=",
            ">" => "<",
            ">=" => "<=",
            other => other,
        };
        (left, turned)
    } else {
        return;
    };
    let limit = limit.sql();
    match operator {
        "<" | ">=" => found.push(format!("e.event_time {operator} lake_ceil_seconds({limit})")),
        ">" | "<=" => found.push(format!("e.event_time {operator} lake_floor_seconds({limit})")),
        "=" => {
            found.push(format!("e.event_time >= lake_ceil_seconds({limit})"));
            found.push(format!("e.event_time <= lake_floor_seconds({limit})"));
        }
        _ => {}
    }
}

fn kind(operator: &JoinOperator) -> Result<(&'static str, &JoinConstraint), Invalid> {
    Ok(match operator {
        JoinOperator::Join(on) | JoinOperator::Inner(on) => ("JOIN", on),
        JoinOperator::Left(on) | JoinOperator::LeftOuter(on) => ("LEFT JOIN", on),
        JoinOperator::Right(on) | JoinOperator::RightOuter(on) => ("RIGHT JOIN", on),
        JoinOperator::FullOuter(on) => ("FULL JOIN", on),
        JoinOperator::CrossJoin(on) => ("CROSS JOIN", on),
        other => return refuse(format!("This kind of join is not known: {other:?}.")),
    })
}
