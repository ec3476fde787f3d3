import { format } from 'c/messages';
import deceased from '@salesforce/label/c.KnownWords_Deceased';
import allDeceased from '@salesforce/label/c.KnownWords_AllDeceased';
import optedOut from '@salesforce/label/c.KnownWords_OptedOut';
import personNow from '@salesforce/label/c.KnownWords_PersonNow';
import automatedStep from '@salesforce/label/c.KnownWords_AutomatedStep';
import watch from '@salesforce/label/c.KnownWords_Watch';
import contactOwner from '@salesforce/label/c.KnownWords_ContactOwner';
import annualFund from '@salesforce/label/c.KnownWords_AnnualFund';
import byModel from '@salesforce/label/c.KnownWords_ByModel';
import byRepeatGifts from '@salesforce/label/c.KnownWords_ByRepeatGifts';
import byRepeatYears from '@salesforce/label/c.KnownWords_ByRepeatYears';
import byLastYear from '@salesforce/label/c.KnownWords_ByLastYear';
import byAverageYear from '@salesforce/label/c.KnownWords_ByAverageYear';
import givesTo from '@salesforce/label/c.KnownWords_GivesTo';
import answersAppeals from '@salesforce/label/c.KnownWords_AnswersAppeals';

/** What the scoring service writes, and the settings as they were shipped, by what the reader's language says instead. */
export const WORDS = {
    Deceased: deceased,
    'All household members deceased': allDeceased,
    'Opted out of AI scoring': optedOut,
    'A person now': personNow,
    'Automated step': automatedStep,
    Watch: watch,
    'Contact owner': contactOwner,
    'Annual fund team': annualFund,
    "From steward's model": byModel,
    'From repeat giving, gift by gift (BG/NBD, gamma-gamma)': byRepeatGifts,
    'From repeat giving, year by year (BG/BB, gamma-gamma)': byRepeatYears,
    'From what they gave in the last 12 months again': byLastYear,
    'From their average year so far, again': byAverageYear
};

/** The same with a name in the middle, which is the nonprofit's own. */
const AROUND_A_NAME = [
    { pattern: /^Gives to (.+)$/, label: givesTo },
    { pattern: /^Answers (.+) appeals$/, label: answersAppeals }
];

/** What is not known is shown as it came: a sentence in the nonprofit's language, or an administrator's own words. */
export function inReadersWords(text) {
    const around = AROUND_A_NAME.find(({ pattern }) => pattern.test(text));
    return around ? format(around.label, around.pattern.exec(text)[1]) : (WORDS[text] ?? text);
}
