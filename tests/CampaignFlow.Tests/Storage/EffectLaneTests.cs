using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CampaignFlow.Tests.Storage;

public sealed class EffectLaneTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Requests_that_nobody_answers_hold_up_no_mail_and_are_bounded(DatabaseKind kind)
    {
        var server = new SlowServer();
        var letters = new Letters(200);
        await using var store = await TestStore.CreateAsync(
            kind,
            services =>
                services
                    .AddSingleton(TimeProvider.System)
                    .AddSingleton<IFactHandler<Requests>>(server)
                    .AddSingleton<IFactHandler<Posts>>(letters)
                    .AddSingleton<EffectHost>()
        );
        await store.InScopeAsync(
            async (db, _) =>
            {
                for (var i = 0; i < 40; i++)
                    db.Publish($"request:{i}", new Requests(i), DateTimeOffset.UnixEpoch);
                for (var i = 0; i < 200; i++)
                    db.Publish($"post:{i}", new Posts(i), DateTimeOffset.UnixEpoch);
                await db.SaveChangesAsync();
            }
        );
        var host = store.Services.GetRequiredService<EffectHost>();

        await ((IHostedService)host).StartAsync(CancellationToken.None);
        await letters.All.WaitAsync(Patience); // while no request has been answered
        await server.Several.WaitAsync(Patience);
        Assert.Equal(0, server.Answered);
        server.Open();
        await server.All.WaitAsync(Patience);
        await ((IHostedService)host).StopAsync(CancellationToken.None);

        Assert.InRange(server.MostAtOnce, 2, 8);
        Assert.Equal(40, server.Answered);
        Assert.Equal(Enumerable.Range(0, 200), letters.Sent.Order());
    }

    private sealed class SlowServer : IFactHandler<Requests>
    {
        private readonly TaskCompletionSource opened = new();
        private readonly TaskCompletionSource all = new();
        private readonly TaskCompletionSource several = new();
        private readonly Lock door = new();
        private int inside;

        public int MostAtOnce { get; private set; }
        public int Answered { get; private set; }
        public Task All => all.Task;

        /// <summary>More than one has come in, and none was answered.</summary>
        public Task Several => several.Task;

        public void Open() => opened.SetResult();

        public async Task Handle(Requests fact, CancellationToken cancellationToken)
        {
            lock (door)
                MostAtOnce = Math.Max(MostAtOnce, ++inside);
            if (MostAtOnce > 1)
                several.TrySetResult();
            await opened.Task;
            lock (door)
            {
                inside--;
                if (++Answered == 40)
                    all.SetResult();
            }
        }
    }

    private sealed class Letters(int expected) : IFactHandler<Posts>
    {
        private readonly TaskCompletionSource all = new();
        private readonly List<int> sent = [];

        public Task All => all.Task;
        public IReadOnlyList<int> Sent => sent;

        public Task Handle(Posts fact, CancellationToken cancellationToken)
        {
            lock (sent)
            {
                sent.Add(fact.Number);
                if (sent.Count == expected)
                    all.SetResult();
            }
            return Task.CompletedTask;
        }
    }
}

public sealed record Requests(int Number) : IEffect;

public sealed record Posts(int Number) : IEffect;
