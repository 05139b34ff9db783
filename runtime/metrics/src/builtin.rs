//! The metrics that the host records by itself, known by constant ids.
//!
//! The order is fixed: the constants are positions in [`DEFINITIONS`]. Those of HTTP are
//! neighbours, so that one request is recorded by walking over them.

use crate::{Kind, MetricId, Unit};

/// VUs that execute an iteration, sampled every second.
pub const VUS: MetricId = MetricId(0);
/// VUs that are initialised, sampled every second.
pub const VUS_MAX: MetricId = MetricId(1);
/// Iterations that ran to their end, also when they threw.
pub const ITERATIONS: MetricId = MetricId(2);
/// Duration of those iterations.
pub const ITERATION_DURATION: MetricId = MetricId(3);
/// Iterations that could not be started.
pub const DROPPED_ITERATIONS: MetricId = MetricId(4);
/// Checks: the share that passed.
pub const CHECKS: MetricId = MetricId(5);
/// Duration of groups.
pub const GROUP_DURATION: MetricId = MetricId(6);
/// Requests, counted per hop.
pub const HTTP_REQS: MetricId = MetricId(7);
/// Sending, waiting and receiving together.
pub const HTTP_REQ_DURATION: MetricId = MetricId(8);
/// Time before a request could be sent.
pub const HTTP_REQ_BLOCKED: MetricId = MetricId(9);
/// Time to establish the connection.
pub const HTTP_REQ_CONNECTING: MetricId = MetricId(10);
/// Time of the TLS handshake.
pub const HTTP_REQ_TLS_HANDSHAKING: MetricId = MetricId(11);
/// Time to send the request.
pub const HTTP_REQ_SENDING: MetricId = MetricId(12);
/// Time to the first byte of the response.
pub const HTTP_REQ_WAITING: MetricId = MetricId(13);
/// Time from the first byte of the response to its last.
pub const HTTP_REQ_RECEIVING: MetricId = MetricId(14);
/// The share of requests that failed.
pub const HTTP_REQ_FAILED: MetricId = MetricId(15);
/// Bytes written to the network.
pub const DATA_SENT: MetricId = MetricId(16);
/// Bytes read from the network.
pub const DATA_RECEIVED: MetricId = MetricId(17);

/// Name, kind and unit of every built-in metric; the position is the id.
pub const DEFINITIONS: [(&str, Kind, Unit); 18] = [
    ("vus", Kind::Gauge, Unit::Plain),
    ("vus_max", Kind::Gauge, Unit::Plain),
    ("iterations", Kind::Counter, Unit::Plain),
    ("iteration_duration", Kind::Trend, Unit::Time),
    ("dropped_iterations", Kind::Counter, Unit::Plain),
    ("checks", Kind::Rate, Unit::Plain),
    ("group_duration", Kind::Trend, Unit::Time),
    ("http_reqs", Kind::Counter, Unit::Plain),
    ("http_req_duration", Kind::Trend, Unit::Time),
    ("http_req_blocked", Kind::Trend, Unit::Time),
    ("http_req_connecting", Kind::Trend, Unit::Time),
    ("http_req_tls_handshaking", Kind::Trend, Unit::Time),
    ("http_req_sending", Kind::Trend, Unit::Time),
    ("http_req_waiting", Kind::Trend, Unit::Time),
    ("http_req_receiving", Kind::Trend, Unit::Time),
    ("http_req_failed", Kind::Rate, Unit::Plain),
    ("data_sent", Kind::Counter, Unit::Data),
    ("data_received", Kind::Counter, Unit::Data),
];
