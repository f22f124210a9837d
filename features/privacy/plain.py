"""Texts of events that are kept in plain, each looked at: they tell of businesses, goods and documents.

Names and addresses are those of companies, as registers publish them, VAT numbers those of sellers; a person whom a
one-time customer stands for is sealed where parties are put together (`application.trading`). Logins are handles.
Reasons are free texts of our own people, who are told to name nobody.
"""

PLAIN = frozenset(
    """
    Buyer.name Buyer.vat_country DetailsChanged.vat_country Registered.vat_country
    SamePersonDeclared.login SamePersonRetracted.login SamePersonRetracted.reason
    Delegated.to KeyIssued.name KeyRevoked.name DelegationEnded.to ManagerAssigned.manager KeyRotated.name
    Abandoned.reason AcceptanceEvidence.consent_text AcceptanceEvidence.identified_by Accepted.document_sha256
    Accepted.purchase_order_reference Address.city Address.country_code Address.post_code Address.street
    Address.subdivision Approved.approved_by Approved.number Authorised.number
    Authorised.order_number Authorised.reason Cancelled.reason ChangeDeclined.reason ChangeRequested.reason
    Charge.reason Charge.tax_class CreditedLine.line_id Declined.reason Defined.name DeliveryPart.line_id
    DetailsChanged.name DetailsChanged.product_line DetailsChanged.region DetailsChanged.segment
    DetailsChanged.tax_class Discarded.reason Drafted.currency Drafted.external_reference
    Drafted.number Drafted.owner Drafted.purchase_order_reference Drafted.requested_by Drafted.series
    Edited.mentions Erased.keys ErasureRejected.reason ErasureRequested.reason ErasureRequested.requested_by
    ErasureApproved.approved_by
    Fulfilled.tracking_reference Held.held_by Held.reason HoldLifted.reason HoldPlaced.reason
    HoldReleased.reason HoldReleased.resumes Inspected.finding Inspected.number Issued.currency
    Issued.external_reference Issued.number Issued.reason LimitSet.set_by Line.item_name Line.line_id Line.note
    Line.product_line Line.seller_item_id Line.tax_class Line.unit_code LineRemoved.line_id Lost.competitor
    Lost.reason MentionRead.reader Money.currency NumberTaken.series Occasion.owner Offer.currency Offer.number
    Offer.owner Opened.currency Opened.name Opened.number Opened.owner Opened.path_name Opened.segment
    OwnerAssigned.owner Parties.region Parties.segment Parties.ship_to_country Parties.time_zone Party.name
    Party.vat_id PaymentTerms.note Placed.currency Placed.differences Placed.number Placed.owner
    Placed.purchase_order_reference Placed.warnings PrecedingInvoice.number Prepared.owner PriceChange.line_id
    PriceStep.detail PriceStep.source Prospect.name Prospect.product_interest Prospect.source
    PurchaseOrder.number PurchaseOrderLine.line_id Quantity.line_id Reassigned.owner Refunded.reason
    Registered.currency Registered.external_id Registered.login Registered.name Registered.product_line
    Registered.region Registered.representative Registered.segment Registered.series_prefix Registered.sku
    Registered.tax_class Registered.time_zone Registered.unit_code Registered.vat_id Rejected.reason
    Reopened.reason ReplacementGivenUp.reason RepresentativeAssigned.representative Requested.currency
    Requested.external_reference Requested.reason Requested.requested_by ReturnLine.item_name ReturnLine.line_id
    ReturnLine.unit_code ReturnedToDraft.reason Reversed.reason Sent.document_sha256 Sent.senders Sent.sent_by
    Settled.account_servicer_reference Settled.end_to_end_id Settled.invoice_numbers Settled.number
    Settled.payment_means_code Signatory.side Source.number SourceDocument.location SourceDocument.reference
    SourceDocument.sha256 Stage.asks_for Stage.name StageDetail.name StageDetail.value Tax.exemption_reason
    Tax.jurisdiction Tax.scheme TaxRate.jurisdiction TaxRate.scheme TaxRate.tax_class Terminated.reason
    UnusedPart.line_id ValidityExtended.extended_by Withdrawn.reason Written.author Written.mentions
    """.split()
)
