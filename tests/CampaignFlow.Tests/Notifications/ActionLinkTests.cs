using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using Microsoft.Extensions.Configuration;

namespace CampaignFlow.Tests.Notifications;

public sealed class ActionLinkTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 8, 10, 0, 0, TimeSpan.Zero);
    private static readonly ActionLink Link = new(Guid.CreateVersion7(), "manager", "approve", Guid.CreateVersion7());
    private readonly string folder = Directory.CreateTempSubdirectory("cflinks").FullName;

    [Fact]
    public void A_link_is_read_back_by_another_process_with_the_same_data_folder()
    {
        var token = Links().Create(Link, Now);

        var good = Assert.IsType<LinkReading.Good>(Links().Read(token, Now.AddHours(47)));
        Assert.Equal(Link, good.Link);
        Assert.Equal(Now.AddHours(48), good.Until);
        Assert.Matches("^[A-Za-z0-9_.-]+$", token);
        Assert.StartsWith("https://campaigns.example.com/decide/", Links().Url(Link, Now));
    }

    [Fact]
    public void After_48_hours_a_link_is_expired_and_still_says_what_it_was() =>
        Assert.Equal(Link, Assert.IsType<LinkReading.Expired>(Links().Read(Links().Create(Link, Now), Now.AddHours(48))).Link);

    [Fact]
    public void A_single_changed_character_makes_it_forged()
    {
        var links = Links();
        var token = links.Create(Link, Now);
        for (var i = 0; i < token.Length; i++)
        {
            // The last character of a part may hold unused bits, so a far one is put in its place.
            var changed = token[..i] + (token[i] is >= 'A' and <= 'M' ? 'z' : 'A') + token[(i + 1)..];
            Assert.IsType<LinkReading.Forged>(links.Read(changed, Now));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("abc")]
    [InlineData("a.b.c")]
    [InlineData("%%%.???")]
    [InlineData("eyJhIjoxfQ.")]
    public void Nonsense_is_forged(string token) => Assert.IsType<LinkReading.Forged>(Links().Read(token, Now));

    [Fact]
    public void Another_installations_link_is_forged()
    {
        var token = Links("a key of another installation, long enough").Create(Link, Now);

        Assert.IsType<LinkReading.Forged>(Links().Read(token, Now));
    }

    [Fact]
    public void Nodes_with_the_same_configured_key_read_each_others_links() =>
        Assert.IsType<LinkReading.Good>(
            Links("one key for all nodes, thirty-two characters")
                .Read(Links("one key for all nodes, thirty-two characters").Create(Link, Now), Now)
        );

    [Fact]
    public void The_key_file_is_for_this_user_only()
    {
        Links().Create(Link, Now);

        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "links.key")));
    }

    [Fact]
    public async Task Many_that_start_at_once_agree_on_one_key()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => Links().Create(Link, Now))));

        Assert.All(tokens, t => Assert.IsType<LinkReading.Good>(Links().Read(t, Now)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ActionLinks Links(string? key = null)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["PublicUrl"] = "https://campaigns.example.com", ["Links:Key"] = key })
            .Build();
        return new(new StorageOptions(DatabaseKind.Sqlite, "", folder), MailOptions.Read(configuration), configuration);
    }
}
