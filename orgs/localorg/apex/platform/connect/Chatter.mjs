/** ConnectApi's Chatter: in a test that sees no data it refuses as the platform does; elsewhere it is not emulated. */
import { make } from '../../engine/calls.mjs';
import { platformClass, platformEnum } from '../../engine/platform.mjs';
import { inputs, needsData, refused, siloed } from '../support/connect.mjs';

platformEnum('ConnectApi.FeedElementType', ['Bundle', 'FeedItem', 'Recommendation']);
platformEnum('ConnectApi.FeedType', ['Bookmarks', 'Company', 'Files', 'Groups', 'Home', 'News', 'Record', 'To', 'UserProfile']);
platformEnum('ConnectApi.MessageSegmentType', ['EntityLink', 'Hashtag', 'Link', 'MarkupBegin', 'MarkupEnd', 'Mention', 'Text']);

inputs('MessageSegmentInput', {});
inputs('TextSegmentInput', { text: 'String' }, 'MessageSegmentInput');
inputs('LinkSegmentInput', { url: 'String' }, 'MessageSegmentInput');
inputs('HashtagSegmentInput', { tag: 'String' }, 'MessageSegmentInput');
inputs('MentionSegmentInput', { id: 'String', username: 'String' }, 'MessageSegmentInput');
inputs('MessageBodyInput', { messageSegments: 'List<ConnectApi.MessageSegmentInput>' });
inputs('FeedElementInput', { subjectId: 'String', feedElementType: 'ConnectApi.FeedElementType' });
inputs('FeedItemInput', { body: 'ConnectApi.MessageBodyInput' }, 'FeedElementInput');
inputs('FeedElement', { id: 'String' });
inputs('FeedItem', {}, 'FeedElement');
inputs('Comment', { id: 'String' });
inputs('FollowingPage', { total: 'Integer' });
inputs('Features', { chatter: 'Boolean' });
inputs('OrganizationSettings', { features: 'ConnectApi.Features', name: 'String', orgId: 'String' });

const noFollowings = () => make('ConnectApi.FollowingPage', { total: 0 });

platformClass('ConnectApi.ChatterUsers', {
  static: { 'ConnectApi.FollowingPage getFollowings(String community, String user)': siloed(noFollowings) },
});

const POST = 'ConnectApi.ChatterFeeds.postFeedElement';
platformClass('ConnectApi.ChatterFeeds', {
  static: {
    'ConnectApi.FeedElement postFeedElement(String community, ConnectApi.FeedElementInput input)': refused(POST),
    'ConnectApi.FeedElement postFeedElement(String community, String subject, ConnectApi.FeedElementType type, String text)': refused(POST),
    'ConnectApi.Comment postCommentToFeedElement(String community, String element, String text)': refused(
      'ConnectApi.ChatterFeeds.postCommentToFeedElement',
    ),
  },
});

function settings() {
  needsData();
  return make('ConnectApi.OrganizationSettings', { features: make('ConnectApi.Features', { chatter: false }) });
}
platformClass('ConnectApi.Organization', { static: { 'ConnectApi.OrganizationSettings getSettings()': settings } });
