using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace CampaignFlow.Workflows.Http;

/// <summary>What a run wants to have sent.</summary>
public sealed record RequestOrder(
    string Url,
    string Method,
    string? Content,
    string? ContentType,
    IReadOnlyList<KeyValuePair<string, string>> Headers
);

/// <summary>
/// A request on its way is stored encrypted, as its address, headers and content may hold keys of other systems: who reads the database
/// or a backup without the server's own keys (folder <c>keys</c> of the data folder) sees none of them.
/// </summary>
public sealed class RequestSeal(IDataProtectionProvider keys)
{
    private readonly IDataProtector protector = keys.CreateProtector("CampaignFlow.Requests");

    public string Close(RequestOrder order) => protector.Protect(JsonSerializer.Serialize(order));

    /// <returns>Null when the server no longer has the key it was closed with.</returns>
    public RequestOrder? Open(string closed)
    {
        try
        {
            return JsonSerializer.Deserialize<RequestOrder>(protector.Unprotect(closed));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
