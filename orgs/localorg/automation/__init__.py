"""What NPSP does in an org of its own accord: households, contact roles, payments, installments, roll-ups.

Each part runs while its row in npsp__Trigger_Handler__c is active, so that it is switched off as in a real org:
before a load of data, by `disable_tdtm_trigger_handlers` or by hand.
"""
