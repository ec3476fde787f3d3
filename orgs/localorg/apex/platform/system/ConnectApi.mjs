/** ConnectApi: in a test that sees no data it refuses as the platform does; elsewhere it is named as not emulated. */
import { NotEmulated, raise } from '../../engine/errors.mjs';
import { platformClass, platformEnum } from '../../engine/platform.mjs';
import { transaction } from '../../engine/transaction.mjs';
import { accessors } from '../support/accessors.mjs';

const SILOED = 'ConnectApi methods are not supported in data siloed tests. Please use @IsTest(SeeAllData=true).';

function refused(name) {
  return () => {
    if (transaction.isTest) throw raise('UnsupportedOperationException', SILOED);
    throw new NotEmulated(name);
  };
}

platformEnum('ConnectApi.FeedElementType', ['Bundle', 'FeedItem', 'Recommendation']);
platformEnum('ConnectApi.FeedType', ['Bookmarks', 'Company', 'Files', 'Groups', 'Home', 'News', 'Record', 'To', 'UserProfile']);
platformEnum('ConnectApi.MessageSegmentType', ['EntityLink', 'Hashtag', 'Link', 'MarkupBegin', 'MarkupEnd', 'Mention', 'Text']);

function value(name, fields, parent = null) {
  const options = { constructors: { [`${name}()`]: () => ({}) }, properties: accessors(fields).properties, isVirtual: true };
  platformClass(`ConnectApi.${name}`, parent ? { ...options, extends: `ConnectApi.${parent}` } : options);
}

value('MessageSegmentInput', {});
value('TextSegmentInput', { text: 'String' }, 'MessageSegmentInput');
value('MentionSegmentInput', { id: 'String', username: 'String' }, 'MessageSegmentInput');
value('MessageBodyInput', { messageSegments: 'List<ConnectApi.MessageSegmentInput>' });
value('FeedElementInput', { subjectId: 'String', feedElementType: 'ConnectApi.FeedElementType' });
value('FeedItemInput', { body: 'ConnectApi.MessageBodyInput' }, 'FeedElementInput');
value('FeedElement', { id: 'String' });
value('FollowingPage', { total: 'Integer' });

platformClass('ConnectApi.ChatterUsers', {
  static: {
    'ConnectApi.FollowingPage getFollowings(String community, String user)': refused('ConnectApi.ChatterUsers.getFollowings'),
  },
});
platformClass('ConnectApi.ChatterFeeds', {
  static: {
    'ConnectApi.FeedElement postFeedElement(String community, ConnectApi.FeedElementInput input)': refused(
      'ConnectApi.ChatterFeeds.postFeedElement',
    ),
    'ConnectApi.FeedElement postFeedElement(String community, String subject, ConnectApi.FeedElementType type, String text)': refused(
      'ConnectApi.ChatterFeeds.postFeedElement',
    ),
  },
});
platformClass('ConnectApi.Organization', { static: { 'Object getSettings()': refused('ConnectApi.Organization.getSettings') } });
