//! Property names of `k6/x/kv`.

crate::atoms! { key, value, ttl }
