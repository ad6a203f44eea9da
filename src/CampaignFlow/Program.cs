using CampaignFlow;
using CampaignFlow.Commands;

return CommandLine.IsVerb(args) ? await CommandLine.RunAsync(args) : await Server.RunAsync(args);

/// <summary>Named so that tests can host it.</summary>
public partial class Program;
