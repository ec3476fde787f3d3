import { format } from 'c/messages';
import propensity from '@salesforce/label/c.ScoreBand_Propensity';
import lapseRisk from '@salesforce/label/c.ScoreBand_Lapse_Risk';
import upgrade from '@salesforce/label/c.ScoreBand_Upgrade';
import majorGift from '@salesforce/label/c.ScoreBand_Major_Gift';
import renewal from '@salesforce/label/c.ScoreBand_Renewal';
import secondGift from '@salesforce/label/c.ScoreBand_Second_Gift';
import midLevel from '@salesforce/label/c.ScoreBand_Mid_Level';
import reactivation from '@salesforce/label/c.ScoreBand_Reactivation';
import becomeRecurring from '@salesforce/label/c.ScoreBand_Become_Recurring';
import recurringChurn from '@salesforce/label/c.ScoreBand_Recurring_Churn';
import recurringUpgrade from '@salesforce/label/c.ScoreBand_Recurring_Upgrade';
import volunteerToDonor from '@salesforce/label/c.ScoreBand_Volunteer_To_Donor';
import firstGift from '@salesforce/label/c.ScoreBand_First_Gift';
import matchingGift from '@salesforce/label/c.ScoreBand_Matching_Gift';
import plannedGiving from '@salesforce/label/c.ScoreBand_Planned_Giving';
import onlyOrder from '@salesforce/label/c.MoreQuestions_OnlyOrder';
import outOf100 from '@salesforce/label/c.ScoreBand_OutOf100';
import top from '@salesforce/label/c.ScoreBand_Top';

/** Every question asked about a donor: its fields' prefix, the title the service writes, and the words of the reader's language. */
export const QUESTIONS = [
    { key: 'Propensity', title: 'Gives in 90 days', label: propensity },
    { key: 'Lapse_Risk', title: 'Lapses within 12 months', label: lapseRisk },
    { key: 'Upgrade', title: 'Upgrades within 12 months', label: upgrade },
    { key: 'Major_Gift', title: 'Makes a major gift within 12 months', label: majorGift },
    { key: 'Renewal', title: 'Gives in 12 months', label: renewal },
    { key: 'Second_Gift', title: 'Makes a second gift within 12 months', label: secondGift },
    { key: 'Mid_Level', title: 'Gives at mid level within 12 months', label: midLevel },
    { key: 'Reactivation', title: 'Returns within 12 months', label: reactivation },
    { key: 'Become_Recurring', title: 'Becomes a recurring donor in 12 months', label: becomeRecurring },
    { key: 'Recurring_Churn', title: 'Recurring gift ends within 6 months', label: recurringChurn },
    { key: 'Recurring_Upgrade', title: 'Raises the recurring gift in 12 months', label: recurringUpgrade },
    { key: 'Volunteer_To_Donor', title: 'Volunteer gives first within 12 months', label: volunteerToDonor },
    { key: 'First_Gift', title: 'Makes a first gift within 12 months', label: firstGift },
    { key: 'Matching_Gift', title: 'Has a gift matched within 12 months', label: matchingGift },
    { key: 'Planned_Giving', title: 'Planned giving: most like legacy donors', label: plannedGiving }
];

/** A question that this version does not know is shown by its key. */
export function questionOf(key) {
    return QUESTIONS.find((one) => one.key === key)?.label ?? key;
}

/** The reader's words for a title that the service wrote. */
export function questionTitled(title) {
    return QUESTIONS.find((one) => one.title === title)?.label ?? title;
}

/**
 * An answer's likelihood in words, and its rank where it stands out: “top 88 %” would tell nobody anything. An answer without a
 * score is an order only, and says so.
 */
export function likelihoodOf({ score, rank }) {
    const said = score == null ? onlyOrder : format(outOf100, Math.round(score));
    return rank && rank <= 50 ? `${said} · ${format(top, rank)}` : said;
}
