"""Google's Perspective API, as its clients know it (v1alpha1).

Read in this order: `views`, `parsing` (requests), `scoring`, `errors`, `discovery`.
Written from the service's public documentation: https://developers.perspectiveapi.com and the
pages Methods and Limits of https://github.com/conversationai/perspectiveapi.
"""
