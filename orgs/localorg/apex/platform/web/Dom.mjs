/** Dom.Document and Dom.XmlNode are named so that code that mentions them loads; they are not emulated. */
import { notEmulated, platformClass } from '../../engine/platform.mjs';

platformClass('Dom.XmlNode', {});
platformClass('Dom.Document', { constructors: { 'Document()': notEmulated('Dom.Document') } });
