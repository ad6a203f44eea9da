using System.Net;
using System.Net.Http.Json;
using CampaignFlow.Commands;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows.Hooks;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Hooks;

/// <summary>Keys that are made, rotated and revoked while the server is at work.</summary>
public sealed class HookKeysTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_key_opens_until_it_is_rotated_or_revoked_and_only_its_hash_is_kept()
    {
        await using var host = new TestHost();
        using var visitor = host.Visitor();
        var storage = host.Services.GetRequiredService<StorageOptions>();
        var verbs = new HookKeys(storage); // as the command line has it, in a process of its own

        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(visitor, new string('0', 64)));
        var first = verbs.Make("shop", Now);
        var other = verbs.Make("erp", Now);
        Assert.Equal(HttpStatusCode.Accepted, await CallAsync(visitor, first));
        var second = verbs.Rotate("shop", Now.AddDays(1));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(visitor, first));
        Assert.Equal(HttpStatusCode.Accepted, await CallAsync(visitor, second));
        verbs.Revoke("shop", Now.AddDays(2));
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(visitor, second));
        Assert.Equal(HttpStatusCode.Accepted, await CallAsync(visitor, other));

        var file = Path.Combine(storage.Folder, "hook-keys.json");
        var text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        Assert.All([first, second, other], key => Assert.DoesNotContain(key, text, StringComparison.Ordinal));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(["shop", "erp", "shop"], verbs.All().Select(k => k.Name));
        Assert.Equal([Now.AddDays(1), null, Now.AddDays(2)], verbs.All().Select(k => k.RevokedAt));
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        var folder = Directory.CreateTempSubdirectory("cfkeys");
        try
        {
            var keys = new HookKeys(new StorageOptions(DatabaseKind.Sqlite, "", folder.FullName));
            keys.Make("shop", Now);
            Assert.Contains("already a key 'shop'", Refused(() => keys.Make("shop", Now)), StringComparison.Ordinal);
            Assert.Contains("cannot name a key", Refused(() => keys.Make("my shop", Now)), StringComparison.Ordinal);
            Assert.Contains("no key 'erp'", Refused(() => keys.Rotate("erp", Now)), StringComparison.Ordinal);
            keys.Revoke("shop", Now);
            Assert.Contains("no key 'shop'", Refused(() => keys.Revoke("shop", Now)), StringComparison.Ordinal);
            keys.Make("shop", Now); // the name is free again
            File.WriteAllText(Path.Combine(folder.FullName, "hook-keys.json"), "[{");
            Assert.Contains("is damaged", Refused(() => keys.All()), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static string Refused(Action act) => Assert.Throws<StartupRefusal>(act).Message;
    }

    [Theory]
    [InlineData("hooks make shop")]
    [InlineData("hooks rotate shop")]
    [InlineData("hooks revoke shop")]
    [InlineData("hooks list --json")]
    public void The_command_line_knows_the_verbs(string line) => Assert.Empty(CommandLine.Root().Parse(line).Errors);

    private static async Task<HttpStatusCode> CallAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/anything") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("X-Api-Key", key);
        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
