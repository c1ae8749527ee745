//! Numbers: no sum runs over in silence.

use rusqlite::types::Value;

use super::{Args, Functions, boolean, text};

pub(super) const FUNCTIONS: Functions = &[
    ("add", |args| whole(args, "addition", i64::checked_add)),
    ("subtract", |args| whole(args, "subtraction", i64::checked_sub)),
    ("multiply", |args| whole(args, "multiplication", i64::checked_mul)),
    ("divide", |args| {
        must_not_be_zero(args.int(1)?)?;
        whole(args, "division", i64::checked_div)
    }),
    ("modulo", |args| {
        must_not_be_zero(args.int(1)?)?;
        Ok(Value::Integer(args.int(0)?.checked_rem(args.int(1)?).unwrap_or(0)))
    }),
    ("negate", |args| {
        let value = args.int(0)?;
        value
            .checked_neg()
            .map(Value::Integer)
            .ok_or_else(|| format!("bigint negation overflow: {value}"))
    }),
    ("abs", |args| {
        let value = args.int(0)?;
        value
            .checked_abs()
            .map(Value::Integer)
            .ok_or_else(|| format!("Value {value} is out of range for abs"))
    }),
    ("add_real", |args| known(args.real(0)? + args.real(1)?)),
    ("subtract_real", |args| known(args.real(0)? - args.real(1)?)),
    ("multiply_real", |args| known(args.real(0)? * args.real(1)?)),
    ("divide_real", |args| known(args.real(0)? / args.real(1)?)),
    ("modulo_real", |args| known(args.real(0)? % args.real(1)?)),
    ("negate_real", |args| known(-args.real(0)?)),
    ("abs_real", |args| known(args.real(0)?.abs())),
    ("ceil", |args| known(args.real(0)?.ceil())),
    ("floor", |args| known(args.real(0)?.floor())),
    ("power", |args| known(args.real(0)?.powf(args.real(1)?))),
    ("sqrt", |args| known(args.real(0)?.sqrt())),
    ("round", round),
    ("text_to_bigint", |args| {
        let given = args.text(0)?;
        let value = given.parse().map_err(|_| format!("Cannot cast '{given}' to BIGINT"))?;
        Ok(Value::Integer(value))
    }),
    ("text_to_double", |args| {
        let given = args.text(0)?;
        let plain = given.trim();
        let numeric = plain
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
        match plain.parse::<f64>() {
            Ok(value) if numeric => known(value),
            _ => Err(format!("Cannot cast '{given}' to DOUBLE")),
        }
    }),
    ("text_to_boolean", |args| {
        let given = args.text(0)?;
        match given.to_ascii_lowercase().as_str() {
            "t" | "true" | "1" => Ok(boolean(true)),
            "f" | "false" | "0" => Ok(boolean(false)),
            _ => Err(format!("Cannot cast '{given}' to BOOLEAN")),
        }
    }),
    ("to_integer", |args| {
        let value = args.int(0)?;
        match i32::try_from(value) {
            Ok(_) => Ok(Value::Integer(value)),
            Err(_) => Err(format!("Out of range for integer: {value}")),
        }
    }),
    ("double_to_bigint", |args| {
        let value = args.real(0)?;
        bigint(value)
            .map(Value::Integer)
            .ok_or_else(|| format!("Cannot cast {} to bigint", real_text(value)))
    }),
    ("double_to_text", |args| Ok(text(real_text(args.real(0)?)))),
    ("boolean_to_text", |args| {
        Ok(text(if args.int(0)? != 0 { "true" } else { "false" }))
    }),
];

fn whole(args: &Args<'_, '_>, what: &str, sum: fn(i64, i64) -> Option<i64>) -> Result<Value, String> {
    let (left, right) = (args.int(0)?, args.int(1)?);
    sum(left, right)
        .map(Value::Integer)
        .ok_or_else(|| format!("bigint {what} overflow: {left}, {right}"))
}

fn must_not_be_zero(divisor: i64) -> Result<(), String> {
    if divisor == 0 {
        return Err("Division by zero".to_owned());
    }
    Ok(())
}

/// `SQLite` has no value for what is not a number.
fn known(value: f64) -> Result<Value, String> {
    if value.is_nan() {
        return Err("The sandbox has no NaN.".to_owned());
    }
    Ok(Value::Real(value))
}

/// To the nearest, a half away from zero; with a second argument to so many places behind the point.
fn round(args: &Args<'_, '_>) -> Result<Value, String> {
    let value = args.real(0)?;
    if args.len() < 2 {
        return known(value.round());
    }
    let places = i32::try_from(args.int(1)?).map_err(|error| error.to_string())?;
    let factor = 10_f64.powi(places);
    let scaled = value * factor;
    known(if scaled.is_finite() {
        scaled.round() / factor
    } else {
        value
    })
}

/// A whole number as a real one.
pub(super) fn real(value: i64) -> Result<f64, String> {
    value
        .to_string()
        .parse()
        .map_err(|_| format!("{value} is out of range"))
}

fn bigint(value: f64) -> Option<i64> {
    // Half up, as Java rounds; `{:.0}` writes a whole real number exactly.
    let rounded = (value + 0.5).floor();
    let rounded = if value.fract().abs() < f64::EPSILON {
        value
    } else {
        rounded
    };
    format!("{rounded:.0}").parse().ok()
}

/// A double as Java, and so Trino, writes it.
pub(in super::super) fn real_text(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = value.abs();
    if value == 0.0 || (1e-3..1e7).contains(&size) {
        let plain = format!("{value}");
        return if plain.contains('.') {
            plain
        } else {
            format!("{plain}.0")
        };
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let point = if digits.contains('.') { "" } else { ".0" };
    format!("{digits}{point}E{exponent}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_are_written_as_java_writes_them() {
        for (value, wanted) in [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-2.5, "-2.5"),
            (0.001, "0.001"),
            (0.0001, "1.0E-4"),
            (9_999_999.0, "9999999.0"),
            (10_000_000.0, "1.0E7"),
            (1.25e20, "1.25E20"),
            (100.0 / 3.0, "33.333333333333336"),
            (f64::INFINITY, "Infinity"),
        ] {
            assert_eq!(real_text(value), wanted);
        }
    }

    #[test]
    fn doubles_become_whole_by_rounding() {
        assert_eq!(bigint(2.5), Some(3));
        assert_eq!(bigint(-2.5), Some(-2));
        assert_eq!(bigint(-2.6), Some(-3));
        assert_eq!(bigint(1e19), None);
    }
}
