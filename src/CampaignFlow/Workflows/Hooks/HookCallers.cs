using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using Microsoft.AspNetCore.Antiforgery;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>Who calls from outside.</summary>
/// <param name="Name">Of the key or the person; null when nobody showed one.</param>
public sealed record HookCaller(string? Name);

/// <summary>A request that is answered here already.</summary>
public sealed record HookRefusal(int Status, Phrase Text);

/// <summary>
/// Knows callers by a key (<c>Authorization: ApiKey …</c> or <c>X-Api-Key</c>) or as signed-in people who may run jobs, and counts how
/// often each calls. A person's cookie alone is not enough: another site could send it along, so the page's token has to come with it.
/// </summary>
public sealed class HookCallers(HookOptions options, HookKeys keys, IAntiforgery forgery) : IDisposable
{
    private readonly PartitionedRateLimiter<string> limits = PartitionedRateLimiter.Create<string, string>(caller =>
        RateLimitPartition.GetFixedWindowLimiter(
            caller,
            _ =>
                new()
                {
                    PermitLimit = options.PerMinute,
                    Window = TimeSpan.FromMinutes(1),
                    QueueLimit = 0,
                }
        )
    );

    /// <returns>The caller, nameless when anonymous calls are allowed and nobody showed who they are; or why the request is refused.</returns>
    public async Task<(HookCaller? Caller, HookRefusal? Refusal)> KnowAsync(HttpContext http)
    {
        var named = KeyName(http.Request) ?? await PersonAsync(http);
        using var lease = limits.AttemptAcquire(named ?? "from " + http.Connection.RemoteIpAddress);
        if (!lease.IsAcquired)
        {
            http.Response.Headers.RetryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait)
                ? Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture)
                : "60";
            return (null, new(429, new($"At most {options.PerMinute} requests a minute.", $"每分钟最多 {options.PerMinute} 个请求。")));
        }
        if (named is not null)
            return (new(named), null);
        return options.AllowAnonymous && !HasKey(http.Request) ? (new(null), null) : (null, Unknown);
    }

    /// <summary>Nobody showed who they are, or the key is none of ours.</summary>
    public static HookRefusal Unknown { get; } =
        new(
            401,
            new(
                "Who is calling? Send a key that this server knows as 'Authorization: ApiKey …'; ./run hooks make NAME makes one.",
                "请说明调用者：以 'Authorization: ApiKey …' 发送本服务器已知的密钥（用 ./run hooks make NAME 生成）。"
            )
        );

    public void Dispose() => limits.Dispose();

    private static bool HasKey(HttpRequest request) => Key(request) is not null;

    private static string? Key(HttpRequest request)
    {
        if (request.Headers["X-Api-Key"].ToString() is { Length: > 0 } plain)
            return plain;
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith("ApiKey ", StringComparison.OrdinalIgnoreCase) ? authorization[7..].Trim() : null;
    }

    // Every key is compared, each in constant time: the answer's delay tells nothing.
    private string? KeyName(HttpRequest request)
    {
        if (Key(request) is not { Length: > 0 and <= 500 } key)
            return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var found = keys.NameOf(hash);
        foreach (var (name, known) in options.Keys)
            if (CryptographicOperations.FixedTimeEquals(hash, known))
                found = name;
        return found is null ? null : "key " + found;
    }

    private async Task<string?> PersonAsync(HttpContext http)
    {
        if (http.User.PersonId is not { } person || !http.User.May(Permissions.RunJobs))
            return null;
        try
        {
            await forgery.ValidateRequestAsync(http);
            return "person " + person;
        }
        catch (AntiforgeryValidationException)
        {
            return null;
        }
    }
}
