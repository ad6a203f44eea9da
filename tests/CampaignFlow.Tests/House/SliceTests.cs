using CampaignFlow.Budgets;
using CampaignFlow.Rules;
using Mono.Cecil;

namespace CampaignFlow.Tests.House;

/// <summary>Slices are a staircase: each may use those below it, never one above.</summary>
public sealed class SliceTests
{
    /// <summary>From the ground up.</summary>
    private static readonly string[] Staircase =
    [
        "Engine",
        "Storage",
        "Accounts",
        "Shell",
        "Campaigns",
        "Administration",
        "Metrics",
        "Workflows",
        "Telemetry",
        "Notifications",
        "Tasks",
        "Budgets",
        "Applying",
        "Effects",
        "Rules",
        "Lifecycle",
        "Scheduling",
        "Reviews",
        "Notices",
        "Books",
        "Desk",
        "Board",
        "Studio",
        "Simulation",
        "Commands",
    ];

    /// <summary>What composes all slices (Product, Server) belongs to none of them; only these may ask for it.</summary>
    private static readonly string[] MayCompose = ["Simulation", "Commands"];

    /// <summary>Steps against the staircase that are meant, each with its reason.</summary>
    private static readonly Dictionary<(string From, string To), string> Meant = new()
    {
        [("Accounts", "Shell")] = "The sign-in page stands in the shell's layout.",
    };

    [Fact]
    public void No_slice_uses_one_above_it() =>
        Assert.Empty(Violations(CodeReading.Written(CodeReading.Module(typeof(Product))), SliceOf).Distinct().Order());

    [Fact]
    public void Every_exception_is_still_needed()
    {
        var arrows = Arrows(CodeReading.Written(CodeReading.Module(typeof(Product))), SliceOf).Select(a => (a.From, a.To)).ToHashSet();
        Assert.All(Meant.Keys, exception => Assert.Contains(exception, arrows));
    }

    [Fact]
    public void Every_slice_stands_on_the_staircase() =>
        Assert.Empty(
            CodeReading
                .Written(CodeReading.Module(typeof(Product)))
                .Select(SliceOf)
                .Where(s => s is not ("" or null) && !Staircase.Contains(s))
                .Distinct()
        );

    [Fact]
    public void A_step_upwards_would_be_seen()
    {
        var sample = CodeReading.Written(CodeReading.Module(typeof(SliceTests))).Single(t => t.Name == nameof(StepsUpwards));
        var seen = Violations([sample], t => t.Name == nameof(StepsUpwards) ? "Metrics" : SliceOf(t)).ToList();
        Assert.Contains("Metrics → Rules (StepsUpwards)", seen); // a type argument inside an async lambda
        Assert.Contains("Metrics → Budgets (StepsUpwards)", seen); // a parameter
    }

    private static IEnumerable<string> Violations(IEnumerable<TypeDefinition> types, Func<TypeReference, string?> sliceOf) =>
        Arrows(types, sliceOf)
            .Where(a => !Allowed(a.From, a.To))
            .Select(a => $"{a.From} → {(a.To.Length == 0 ? "(composition)" : a.To)} ({a.Type})");

    private static bool Allowed(string from, string to) =>
        to.Length == 0
            ? MayCompose.Contains(from)
            : Array.IndexOf(Staircase, to) < Array.IndexOf(Staircase, from) || Meant.ContainsKey((from, to));

    private static IEnumerable<(string From, string To, string Type)> Arrows(
        IEnumerable<TypeDefinition> types,
        Func<TypeReference, string?> sliceOf
    ) =>
        from type in types
        let own = sliceOf(type)
        where own is { Length: > 0 }
        from used in CodeReading.Uses(type)
        let other = sliceOf(used)
        where other is not null && other != own
        select (own, other, type.Name);

    /// <returns>Empty for the composition, null for what is not the product's.</returns>
    private static string? SliceOf(TypeReference type)
    {
        if (type.Namespace != "CampaignFlow" && !type.Namespace.StartsWith("CampaignFlow.", StringComparison.Ordinal))
            return type.Namespace.Length == 0 && type.Name == nameof(Program) ? "" : null;
        return type.Namespace.Split('.').ElementAtOrDefault(1) ?? "";
    }
}

/// <summary>Breaks the rule on purpose, for the proof that it would be seen.</summary>
internal static class StepsUpwards
{
    public static int Asked(BudgetShift shift) => shift.Number;

    public static Func<Task<object?>> Hidden() =>
        async () =>
        {
            await Task.Yield();
            return new List<Decision>();
        };
}
