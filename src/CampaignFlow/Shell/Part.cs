using CampaignFlow.Engine;
using Microsoft.AspNetCore.Components;

namespace CampaignFlow.Shell;

/// <summary>
/// What every component of the pages stands on (the root <c>_Imports.razor</c> inherits it): <c>@T("Approve", "批准")</c>, the reader's
/// <see cref="Words"/> and the request. Pages set their title with <c>&lt;PageHead Title=… /&gt;</c>.
/// </summary>
public abstract class Part : ComponentBase
{
    [Inject]
    public required Words Words { get; init; }

    /// <summary>Null only where a part is rendered outside a request (mails, tests).</summary>
    [CascadingParameter]
    public HttpContext? Http { get; set; }

    protected string T(string en, string zh) => Words.T(en, zh);

    protected string T(Phrase phrase) => Words.T(phrase);
}
