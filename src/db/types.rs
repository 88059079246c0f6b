//! How the program's own values are kept in columns: one macro, so that a value is stored alike by
//! both engines and by the enum over them.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{BigInt, Nullable, SingleValue, Text};

use crate::account::model::{Kind, Role};
use crate::clock::Instant;
use crate::id::Id;
use crate::token::environment::Environment;
use crate::token::lines::Lines;
use crate::token::scope::Scopes;

/// Keeps `$type` in a column of `$sql`: written as what `$borrow` lends, read back by `$read`.
macro_rules! stored {
    ($type:ty, $sql:ty, $primitive:ty, $borrow:expr, $read:expr) => {
        impl<DB> ToSql<$sql, DB> for $type
        where
            DB: Backend,
            $primitive: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                let borrow: fn(&'b $type) -> &'b $primitive = $borrow;
                <$primitive as ToSql<$sql, DB>>::to_sql(borrow(self), out)
            }
        }

        impl<DB> ToSql<Nullable<$sql>, DB> for $type
        where
            DB: Backend,
            $primitive: ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <Self as ToSql<$sql, DB>>::to_sql(self, out)
            }
        }

        impl<DB> FromSql<$sql, DB> for $type
        where
            DB: Backend,
            <$primitive as ToOwned>::Owned: FromSql<$sql, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let stored = <<$primitive as ToOwned>::Owned as FromSql<$sql, DB>>::from_sql(bytes)?;
                ($read)(stored)
            }
        }

        impl<ST, DB> Queryable<ST, DB> for $type
        where
            ST: SingleValue,
            DB: Backend,
            Self: FromSql<ST, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        stored!(@expression $type, $sql);
        stored!(@expression $type, Nullable<$sql>);
    };
    (@expression $type:ty, $sql:ty) => {
        impl AsExpression<$sql> for $type {
            type Expression = Bound<$sql, Self>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'a> AsExpression<$sql> for &'a $type {
            type Expression = Bound<$sql, &'a $type>;

            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    };
}

stored!(Instant, BigInt, i64, Instant::as_micros, |micros| Ok(
    Instant::from_micros(micros)
));
stored!(Id, Text, str, Id::as_str, |text: String| Ok(text.parse()?));
stored!(Scopes, Text, str, Scopes::stored, |text| Ok(
    Scopes::from_stored(text)
));
stored!(Lines, Text, str, Lines::stored, |text| Ok(
    Lines::from_stored(text)
));
stored!(
    Environment,
    Text,
    str,
    |value| value.as_str(),
    |text: String| Ok(text.parse()?)
);
stored!(Kind, Text, str, |value| value.as_str(), |text: String| Ok(
    text.parse()?
));
stored!(Role, Text, str, |value| value.as_str(), |text: String| Ok(
    text.parse()?
));
