/** System.RoundingMode. */
import { platformEnum } from '../../engine/platform.mjs';

export default platformEnum('RoundingMode', ['CEILING', 'DOWN', 'FLOOR', 'HALF_DOWN', 'HALF_EVEN', 'HALF_UP', 'UNNECESSARY', 'UP']);
