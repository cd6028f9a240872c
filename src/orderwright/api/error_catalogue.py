"""Every `code` that an error can carry: what happened, and what to do about it. Standard library only,
for the command line explains codes too and must start at once."""

from dataclasses import dataclass
from typing import Final

TITLES: Final = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    406: "Not Acceptable",
    408: "Request Timeout",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Payload Too Large",
    415: "Unsupported Media Type",
    422: "Validation Error",
    428: "Precondition Required",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """`retryable`: the same request, unchanged, may succeed shortly."""

    status: int
    code: str
    when: str
    remedy: str
    retryable: bool = False

    @property
    def error(self) -> str:
        return TITLES[self.status]


@dataclass(frozen=True, slots=True)
class FaultEntry:
    """A `code` of one of the `errors` of a `validation_error`."""

    code: str
    when: str
    remedy: str = "Correct what `pointer` points to."


_LATER: Final = "Wait as long as `Retry-After` says and send the same request again."
_LOOK: Final = "Check the id; read the list to see what there is."
_READ_AGAIN: Final = "Read the order again: `GET .../actions` says what its state allows."
_CHOOSE_OTHER: Final = "Choose another value, or find and change what has it."
_FIX: Final = "Correct the request."
_FILE: Final = "Correct the file or the option; the command line alone says this."

ERRORS: Final = (
    # 400
    ErrorEntry(400, "api_version_conflict", "Path and X-API-Version name different versions.", "Drop the header, or call the other path."),
    ErrorEntry(400, "api_version_unknown", "X-API-Version names no version of this API.", "`GET /api` lists the versions."),
    ErrorEntry(400, "bad_request", "The request cannot be read.", _FIX),
    ErrorEntry(400, "cors_refused", "The service does not let this page send this request from a browser.", "Add the page's origin to `CORS_ORIGINS`."),
    ErrorEntry(400, "duplicate_header", "A header that may be sent once, which `header` names, was sent twice.", "Send the header once."),
    ErrorEntry(400, "malformed_if_match", "If-Match is no list of entity tags.", "Send an ETag as it came, with its quotes, or `*`."),
    ErrorEntry(400, "malformed_json", "The body is no JSON in UTF-8.", "Make the body with a JSON library, without byte order mark, NaN or Infinity."),
    ErrorEntry(400, "malformed_request", "The request is no HTTP, or its query or form is not percent-encoded UTF-8.", "Make addresses and forms with a library."),
    # 401, 403
    ErrorEntry(401, "bad_webhook_signature", "A webhook is not signed with the gateway's secret, or with a time further than 300 s off.", "Compare `PAYMENT_WEBHOOK_SECRET` with the gateway's, and the clocks; sign the body as it is sent."),
    ErrorEntry(401, "invalid_credentials", "User name or password is wrong.", "Ask the user again; wait longer after each failure."),
    ErrorEntry(401, "invalid_token", "The token or API key is unknown, expired or revoked.", "Refresh the token, or sign in again."),
    ErrorEntry(401, "not_signed_in", "No credentials were sent.", "Send `Authorization: Bearer ...` with an access token or an API key."),
    ErrorEntry(403, "permission_denied", "The caller lacks the permission that `required` names.", "Ask an administrator for the permission."),
    # 404
    ErrorEntry(404, "api_key_not_found", "No API key has this id.", _LOOK),
    ErrorEntry(404, "attachment_not_found", "The order has no such attachment.", _LOOK),
    ErrorEntry(404, "customer_not_found", "No customer has this id.", _LOOK),
    ErrorEntry(404, "dead_event_not_found", "The consumer has given up no event with this id.", "Look at `GET /api/v1/events/dead`; it may have been retried already."),
    ErrorEntry(404, "document_not_found", "There is no OpenAPI document of this version.", "`GET /api` lists the versions."),
    ErrorEntry(404, "event_schema_not_found", "There are no events of this type.", "Take it from `GET /api/v1/events/schemas`."),
    ErrorEntry(404, "gateway_not_found", "No gateway of this name may send webhooks here.", "Set `PAYMENT_PROVIDER` and `PAYMENT_WEBHOOK_SECRET`."),
    ErrorEntry(404, "line_not_found", "The order, or the return, has no line with this id.", "Take line ids from its `items`."),
    ErrorEntry(404, "location_not_found", "No stock location has this id.", _LOOK),
    ErrorEntry(404, "operation_not_found", "No payment operation has this id.", _LOOK),
    ErrorEntry(404, "order_not_found", "No order has this id.", _LOOK),
    ErrorEntry(404, "payment_not_found", "The order has no such payment.", _LOOK),
    ErrorEntry(404, "product_not_found", "No product has this id.", _LOOK),
    ErrorEntry(404, "refresh_token_not_found", "No refresh token has this value.", "Sign in again."),
    ErrorEntry(404, "refund_not_found", "The order has no such refund.", _LOOK),
    ErrorEntry(404, "return_not_found", "The order has no such return.", _LOOK),
    ErrorEntry(404, "route_not_found", "There is nothing at this address.", "Check path and trailing slash against `/openapi.json`."),
    ErrorEntry(404, "schedule_not_found", "No schedule has this name.", "Use one that `orderwright schedules list` shows."),
    ErrorEntry(404, "shipment_not_found", "The order has no such shipment.", _LOOK),
    ErrorEntry(404, "task_not_found", "No task has this id.", "Take the id from `Location` of the answer that promised the work."),
    ErrorEntry(404, "unknown_mapping", "No import mapping has this name.", _FILE),
    ErrorEntry(404, "unknown_revision", "No schema revision has this name.", _FILE),
    ErrorEntry(404, "user_not_found", "No user has this id.", _LOOK),
    ErrorEntry(404, "webhook_delivery_not_found", "The webhook has no such delivery, or it is being sent right now.", "Read `GET /api/v1/webhooks/{id}/deliveries`."),
    ErrorEntry(404, "webhook_not_found", "No webhook has this id.", _LOOK),
    # 405, 406, 408
    ErrorEntry(405, "method_not_allowed", "The address exists but not with this method.", "Use a method that `Allow` names."),
    ErrorEntry(406, "not_acceptable", "Accept excludes JSON, and what else the address answers in.", "Accept `application/json`, `application/problem+json` or `*/*`."),
    ErrorEntry(408, "request_timeout", "The request did not arrive in time: its head within 5 s, its body within 30 s or at 16 KiB/s.", "Send it again, without pauses; repeat a POST or PATCH with its Idempotency-Key."),
    # 409
    ErrorEntry(409, "already_delivered", "The shipment was delivered before.", "Nothing is left to do."),
    ErrorEntry(409, "already_shipped", "Everything was shipped: it cannot be cancelled any more.", "Request a return instead."),
    ErrorEntry(409, "already_shipped_in_part", "A part was shipped: the order cannot be cancelled any more.", "Ship the rest, or request a return."),
    ErrorEntry(409, "cancellation_in_progress", "The order is being cancelled.", "Read the order until it is cancelled."),
    ErrorEntry(409, "capture_exceeds_authorised", "More was to be captured than is authorised.", "Capture at most what the payment shows as authorised."),
    ErrorEntry(409, "document_already_imported", "The document was imported before.", "Nothing is left to do."),
    ErrorEntry(409, "duplicate_reference", "An order of this channel has the reference already.", "Read that order: it may be the one that was meant."),
    ErrorEntry(409, "email_taken", "Another customer has this e-mail address.", _CHOOSE_OTHER),
    ErrorEntry(409, "external_ref_taken", "Another customer has this external reference.", _CHOOSE_OTHER),
    ErrorEntry(409, "idempotency_in_progress", "The first request with this key is still running.", _LATER, retryable=True),
    ErrorEntry(409, "illegal_transition", "The state of the order does not allow this; `allowed` says what it does.", _READ_AGAIN),
    ErrorEntry(409, "inventory_missing", "The order holds less stock than its lines need: a broken invariant.", "Run `orderwright audit` and report what it says."),
    ErrorEntry(409, "last_admin", "Nobody would be left who may administer.", "Give another user `admin` first."),
    ErrorEntry(409, "line_already_refunded", "The line was paid back before.", "Refund another line, or by `amount`."),
    ErrorEntry(409, "location_name_taken", "Another location has this name.", _CHOOSE_OTHER),
    ErrorEntry(409, "not_a_demo", "The database has other things than a demonstration in it.", "Use an empty database; the command line alone says this."),
    ErrorEntry(409, "not_enough_on_hand", "The stock would go below zero.", "Read the stock level and adjust by less."),
    ErrorEntry(409, "nothing_left_to_ship", "Every item was shipped already.", "Read the shipments of the order."),
    ErrorEntry(409, "nothing_to_buy", "There are no customers, or no product is sold.", "Run `orderwright demo seed`; the command line alone says this."),
    ErrorEntry(409, "operation_needs_nobody", "The operation has its outcome, or the gateway is still being asked.", "Read the payment: its operations say how it went."),
    ErrorEntry(409, "order_is_over", "The order is finished or cancelled and takes no changes.", _READ_AGAIN),
    ErrorEntry(409, "out_of_stock", "Less is available than is wanted.", "Order less, or wait for stock; nothing was reserved."),
    ErrorEntry(409, "payment_failed", "The payment was declined.", "Cancel, or process again with another payment token."),
    ErrorEntry(409, "payment_in_progress", "The gateway has not answered an earlier request yet.", _LATER, retryable=True),
    ErrorEntry(409, "payment_not_capturable", "The payment has nothing to capture.", "Read the payment: its status says why."),
    ErrorEntry(409, "payment_not_voidable", "The payment can no longer be voided.", "Refund what was captured."),
    ErrorEntry(409, "refund_exceeds_captured", "More was to be paid back than was paid.", "Refund at most what is captured and not refunded."),
    ErrorEntry(409, "return_already_received", "The return was received before.", "Nothing is left to do."),
    ErrorEntry(409, "return_exceeds_requested", "More came back than the return was made for.", "Receive what was requested, and request another return for the rest."),
    ErrorEntry(409, "return_exceeds_shipped", "More was to be returned than was shipped and kept.", "Return at most `shipped` less `returned` of each line."),
    ErrorEntry(409, "return_not_received", "The return has not arrived.", "Receive it first."),
    ErrorEntry(409, "return_refund_underway", "The return is being refunded or was.", "Read the refunds of the order."),
    ErrorEntry(409, "schedule_running", "It is running right now, here or in another process.", "Wait until it has ended."),
    ErrorEntry(409, "sku_taken", "Another product has this SKU.", _CHOOSE_OTHER),
    ErrorEntry(409, "stock_is_reserved", "Orders hold what was to be taken away.", "Cancel orders first, or adjust by less."),
    ErrorEntry(409, "task_already_queued", "The same work is queued already.", "Follow that task."),
    ErrorEntry(409, "task_not_dead", "Only a dead task can be retried.", "Read the task: it is still being tried, or is done."),
    ErrorEntry(409, "too_many_attachments", "The order has as many attachments as an order may have.", "Remove one that is not needed."),
    ErrorEntry(409, "username_taken", "Another user has this name.", _CHOOSE_OTHER),
    ErrorEntry(409, "webhook_disabled", "The webhook is disabled: nothing is sent to it.", "Enable it: PATCH with `active: true`."),
    # 412, 413, 415
    ErrorEntry(412, "precondition_failed", "If-Match names another state than the present one, which `current_etag` is.", "Read it again, decide again, and send the new ETag."),
    ErrorEntry(413, "payload_too_large", "The body has more than `max_bytes` bytes.", "Send less at once."),
    ErrorEntry(415, "file_type_refused", "A file is of a kind that is not taken here, or not of the kind that it is said to be.", "Send one of the types in `allowed`, under its own name; operators change `ATTACHMENT_TYPES`."),
    ErrorEntry(415, "unsupported_media_type", "The body is compressed, or not said to be JSON in UTF-8 (for `/token` a form, for a file `multipart/form-data`).", "Send `Content-Type: application/json` and no `Content-Encoding`."),
    # 422
    ErrorEntry(422, "amount_too_large", "An amount is larger than the service keeps.", _FIX),
    ErrorEntry(422, "bad_mapping", "The import mapping makes no sense.", _FILE),
    ErrorEntry(422, "column_missing", "The file lacks a column that the mapping names.", _FILE),
    ErrorEntry(422, "currency_mismatch", "Amounts of two currencies were to be added.", "Put products of one currency into an order."),
    ErrorEntry(422, "duplicate_line", "A line is named twice.", "Name it once, with the whole quantity."),
    ErrorEntry(422, "duplicate_member", "A JSON object has the same member twice.", "Send each member once."),
    ErrorEntry(422, "duplicate_parameter", "A query or form has the same parameter twice.", "Send each parameter once."),
    ErrorEntry(422, "empty_file", "A file has no bytes.", _FIX),
    ErrorEntry(422, "empty_order", "An order has no items.", _FIX),
    ErrorEntry(422, "empty_return", "A return has no items.", _FIX),
    ErrorEntry(422, "idempotency_key_reused", "The key was used for a different request.", "Use a new key for a new request."),
    ErrorEntry(422, "invalid_amount", "An amount has more decimals than its currency, or is not above zero where it has to be.", _FIX),
    ErrorEntry(422, "invalid_cursor", "The cursor was not made here, or for another sort.", "Follow `Link` unchanged, or start again without a cursor."),
    ErrorEntry(422, "invalid_idempotency_key", "The key is not 1 to 255 visible ASCII characters.", "A UUID makes a good key."),
    ErrorEntry(422, "invalid_page", "The page cannot be asked for like this.", "Use either `skip` or `cursor`, within their bounds."),
    ErrorEntry(422, "invalid_quantity", "A quantity is out of its bounds.", _FIX),
    ErrorEntry(422, "invalid_text", "A text has NUL or half a surrogate pair in it.", "Take the character out."),
    ErrorEntry(422, "json_too_deep", "The body is nested deeper than 32 levels.", "Send flatter data."),
    ErrorEntry(422, "lookup_too_large", "A file to look things up in is too large.", _FILE),
    ErrorEntry(422, "mail_refused", "The mail server refused a mail for good, or it has an address that no mail can have.", "Correct the address of the customer."),
    ErrorEntry(422, "missing_file", "A file that is to be read does not exist.", _FILE),
    ErrorEntry(422, "negative_total", "Discounts exceed what the items cost.", _FIX),
    ErrorEntry(422, "number_out_of_range", "An integer does not fit into 64 bits, or a number has too many digits.", "Send such a number as text."),
    ErrorEntry(422, "product_inactive", "The product is not for sale.", "Take it out of the order, or activate it."),
    ErrorEntry(422, "refund_needs_amount", "The items alone do not say how much to pay back.", "Say `amount`."),
    ErrorEntry(422, "report_too_long", "The report would have more than `rows_max` rows, or takes too long.", "Ask for a shorter time, or for larger groups."),
    ErrorEntry(422, "stock_not_tracked", "The product has no stock to adjust.", "Set `track_inventory` first."),
    ErrorEntry(422, "stock_too_large", "The stock would be larger than the service keeps.", "Adjust by less."),
    ErrorEntry(422, "unknown_currency", "There is no such currency.", "Use a code of ISO 4217, such as `GBP`."),
    ErrorEntry(422, "unknown_event_type", "A filter names events that do not exist; `known` lists those that do.", "Use a name from `known`, a kind such as `order.*`, or `*`."),
    ErrorEntry(422, "unknown_product", "An order names a product that does not exist.", "Check `product_id` of every item."),
    ErrorEntry(422, "unknown_report_format", "A report cannot be written in this format.", _FILE),
    ErrorEntry(422, "unreadable_file", "A file is not text in the encoding it should have.", _FILE),
    ErrorEntry(422, "unreadable_webhook", "A webhook names no event.", "Send `webhook-id`, or an event of Stripe as it came."),
    ErrorEntry(422, "url_refused", "Nothing is sent to this address.", "Use an https:// URL of a host on the open internet; `WEBHOOK_ALLOW_LOCAL` lifts this in development."),
    ErrorEntry(422, "validation_error", "Members, parameters or headers are missing, unknown or out of their bounds.", "Each of `errors` has a `pointer` to what to correct."),
    ErrorEntry(422, "weak_password", "The password is too short, too long or too common.", "Choose a longer sentence."),
    # 428, 429
    ErrorEntry(428, "precondition_required", "A change has to say which version it is for.", "Send `If-Match` with the ETag that was read."),
    ErrorEntry(429, "rate_limited", "Too many requests came from this caller or address.", _LATER, retryable=True),
    ErrorEntry(429, "too_many_sign_ins", "Signing in failed too often for this user name or from this network.", "Wait as long as `Retry-After` says; the wait doubles with each failure.", retryable=True),
    # 500, 503
    ErrorEntry(500, "internal_error", "Something went wrong on our side.", "Report it with its `correlation_id`; repeat it only with an Idempotency-Key."),
    ErrorEntry(503, "attachment_unavailable", "Files cannot be written or read where attachments are kept.", _LATER, retryable=True),
    ErrorEntry(503, "commit_unknown", "The connection to the database was lost while the order was committed: it is placed, or it is not.", "Send it again with the same Idempotency-Key; without one, look first whether it is there."),
    ErrorEntry(503, "database_busy", "Too many changes wait for the database.", _LATER, retryable=True),
    ErrorEntry(503, "database_unavailable", "The database cannot be reached.", _LATER, retryable=True),
    ErrorEntry(503, "draining", "This server is about to stop.", _LATER, retryable=True),
    ErrorEntry(503, "mail_server_unavailable", "The mail server cannot be reached, or takes no mail now.", _LATER, retryable=True),
    ErrorEntry(503, "payment_unresolved", "The gateway has not said what became of an operation.", _LATER, retryable=True),
    ErrorEntry(503, "queue_full", "More work of this kind waits than this server takes in, such as orders to be placed.", _LATER, retryable=True),
    ErrorEntry(503, "stopping", "This server is about to stop and takes nothing in.", _LATER, retryable=True),
    ErrorEntry(503, "too_many_streams", "`EVENT_STREAM_CLIENTS_MAX` clients follow the events already.", "Wait as long as `Retry-After` says, or read the list.", retryable=True),
    ErrorEntry(503, "transaction_conflict", "Others changed the same things at the same moment; nothing was changed.", _LATER, retryable=True),
    ErrorEntry(503, "worker_lost", "Processes that computed the answer died, perhaps for want of memory.", _LATER, retryable=True),
)  # fmt: skip

FAULTS: Final = (
    FaultEntry("blank", "A text has only blanks in it."),
    FaultEntry("bool_parsing", "A parameter is neither `true` nor `false`."),
    FaultEntry("bool_type", "A member is neither `true` nor `false`."),
    FaultEntry("control_character", "A text has a control character; `notes` may have line breaks."),
    FaultEntry("datetime_from_date_parsing", "A parameter is no date, and no time with a date."),
    FaultEntry("datetime_object_invalid", "A time has an offset that there is not."),
    FaultEntry("datetime_parsing", "A parameter is no date, and no time with a date."),
    FaultEntry("datetime_type", "A member is no time."),
    FaultEntry("dict_type", "A member is no JSON object."),
    FaultEntry("duplicate_member", "Two names in `metadata` are the same text in Unicode NFC."),
    FaultEntry("enum", "A value is none of those that the document lists."),
    FaultEntry("extra_forbidden", "No member, parameter or field has this name here."),
    FaultEntry("greater_than", "A number is too small."),
    FaultEntry("greater_than_equal", "A number is too small."),
    FaultEntry("inexact_number", "A number in `metadata` is more precise than a double: send text."),
    FaultEntry("int_from_float", "A number has decimals where whole ones are counted."),
    FaultEntry("int_parsing", "A number in an address is not written as digits alone, or begins with 0."),
    FaultEntry("int_parsing_size", "A number has more digits than any here may have."),
    FaultEntry("int_type", 'A member is no whole number: `"1"` and `1.0` are none.'),
    FaultEntry("invalid_amount", "An amount is no plain decimal number such as 30.50."),
    FaultEntry("items_missing", "`restock` needs `items`."),
    FaultEntry("less_than_equal", "A number is too large."),
    FaultEntry("list_type", "A member is no JSON array."),
    FaultEntry("literal_error", "A value is none of those that the document lists."),
    FaultEntry("missing", "A member, parameter or field that is needed is not there."),
    FaultEntry("model_attributes_type", "A JSON object is needed here."),
    FaultEntry("model_type", "A JSON object is needed here."),
    FaultEntry("out_of_range", "A time lies outside the years 1 to 9999 in UTC."),
    FaultEntry("page_and_cursor", "`page` and `cursor` exclude each other."),
    FaultEntry("page_out_of_reach", "Pages do not reach that deep: follow `next_cursor`."),
    FaultEntry("price_missing", "A new `currency` needs a new `price`."),
    FaultEntry("string_pattern_mismatch", "A text does not match its `pattern` in the document."),
    FaultEntry("string_too_long", "A text is too long."),
    FaultEntry("string_too_short", "A text is too short."),
    FaultEntry("string_type", "A member is no text."),
    FaultEntry("string_unicode", "A text is no Unicode."),
    FaultEntry("too_large", "`metadata` has too many bytes."),
    FaultEntry("too_long", "An array has too many items."),
    FaultEntry("too_short", "An array has too few items."),
    FaultEntry("what_to_replay", "A replay names nothing, or more than one of a delivery, an event and a range."),
    FaultEntry("zero", "An adjustment by zero changes nothing."),
)  # fmt: skip


def entry_of(code: str) -> ErrorEntry | FaultEntry | None:
    """Two codes are both an error's and a fault's, and mean the same: then the error's."""
    return next((entry for entry in (*ERRORS, *FAULTS) if entry.code == code), None)
