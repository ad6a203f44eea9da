namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>An activity cannot go on; the message is for the person who will retry, skip or cancel it.</summary>
internal sealed class ActivityFault(string message) : Exception(message);
