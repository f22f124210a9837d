"""What is selected of a document."""

from __future__ import annotations

SETTLEMENT = """case
    when kind <> 'invoice' or state <> 'issued' then null
    when total_amount <= paid_amount + credited_amount then 'paid'
    when paid_amount + set_off_amount > 0 then 'partially_paid' else 'unpaid' end as settlement"""
OPEN = """case
    when kind in ('contract', 'order') then null
    when state in ('sent', 'revising') then (
        select r.total_amount from revisions r where r.document_id = documents.document_id
        and r.revision = case state when 'sent' then documents.revision else documents.revision - 1 end)
    when kind = 'quote' or state in ('draft', 'held', 'discarded', 'requested', 'rejected')
        then total_amount - total_amount
    else total_amount - paid_amount - credited_amount end as open_amount"""
"""Of a quote that is being revised, what was sent before may still be accepted."""
_LINES = """select line_id, seller_item_id, item_name, product_line, quantity, {}, unit_code, gross_price,
    net_price, base_quantity, allowance, amount, vat_category_code, vat_rate, explanation, note
    from lines where document_id = %(id)s and revision = %(revision)s order by place"""
ORDER_LINES = _LINES.format("open_quantity, delivered_quantity, beyond_quantity, returned_quantity")
LINES = _LINES.format(
    "null as open_quantity, null as delivered_quantity, null as beyond_quantity, null as returned_quantity"
)
CHANGES = """select change, state, reason, line_id, quantity from order_changes
    where document_id = %(id)s order by change, line_id"""
CHARGES = "select reason, amount, vat_category_code, vat_rate from charges where document_id = %(id)s order by place"
INVOICES = "select document_id as invoice_id, number as invoice_number from documents"
TAXES = """select scheme, jurisdiction, vat_category_code, vat_rate, taxable_amount, tax_amount, exemption_reason,
    exemption_reason_code from taxes where document_id = %(id)s and revision = %(revision)s order by place"""
INSTALMENTS = """select number, due_date, amount, invoice_id from instalments
    where document_id = %(id)s order by number"""

RELATED = """select relation, kind, document_id, number, amount from (
        select relation, other_id as document_id, amount from relations where document_id = %(id)s
        union all select case relation when 'credits' then 'credited_by' when 'replaces' then 'replaced_by'
            else relation end, document_id, amount from relations where other_id = %(id)s
        union all select 'follows', source_id, null from documents
            where document_id = %(id)s and kind <> 'credit_note'
        union all select 'followed_by', document_id, null from documents
            where source_id = %(id)s and kind <> 'credit_note'
    ) as related join documents using (document_id) where amount is distinct from 0
    union all select 'followed_by', 'return', return_id, number, null from returns where order_id = %(id)s
    union all select 'follows', 'return', return_id, number, null from returns where credit_note_id = %(id)s
    union all select 'paid_by', 'payment', payment_id, number, allocations.amount
        from allocations join payments using (payment_id) where invoice_id = %(id)s and allocations.amount <> 0
    order by relation, number"""
"""What a credit note takes back, it follows from, too: that is said once."""
