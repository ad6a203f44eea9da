using System.CommandLine;
using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Hooks;

namespace CampaignFlow.Commands;

/// <summary><c>hooks</c>: keys of the systems that call workflows from outside. A running server takes a change at once.</summary>
internal static class HooksCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "Who calls: shop, erp, …" };
        var list = new Command("list", "Lists the keys by name, never the keys themselves") { CommandLine.Json };
        list.SetAction(parsed =>
        {
            var keys = Keys().All();
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(
                    keys.Select(k => new
                    {
                        k.Name,
                        k.MadeAt,
                        k.RevokedAt,
                    })
                );
            else
                foreach (var key in keys)
                    Console.WriteLine(
                        $"{key.Name, -20}  made {At(key.MadeAt)}  {(key.RevokedAt is { } at ? "revoked " + At(at) : "good")}"
                    );
            return 0;
        });
        var make = new Command("make", "Makes a key for a caller and shows it, this once") { name };
        make.SetAction(parsed => Show(Keys().Make(parsed.GetRequiredValue(name), TimeProvider.System.GetUtcNow())));
        var rotate = new Command("rotate", "Makes another key for a caller; the old one opens nothing from now on") { name };
        rotate.SetAction(parsed => Show(Keys().Rotate(parsed.GetRequiredValue(name), TimeProvider.System.GetUtcNow())));
        var revoke = new Command("revoke", "Takes a caller's key away") { name };
        revoke.SetAction(parsed =>
        {
            Keys().Revoke(parsed.GetRequiredValue(name), TimeProvider.System.GetUtcNow());
            Console.Error.WriteLine("Revoked. The running server refuses it from now on.");
            return 0;
        });
        return new Command("hooks", "Keys of the systems that call workflows from outside") { list, make, rotate, revoke };
    }

    private static HookKeys Keys() =>
        new(
            StorageOptions.From(
                new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build()
            )
        );

    private static int Show(string key)
    {
        Console.WriteLine(key);
        Console.Error.WriteLine("Keep it: it is stored nowhere and not shown again. Send it as 'Authorization: ApiKey …'.");
        return 0;
    }

    private static string At(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "Z";
}
