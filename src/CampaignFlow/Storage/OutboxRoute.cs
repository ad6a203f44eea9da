using System.Collections.Concurrent;
using System.Text.Json;

namespace CampaignFlow.Storage;

/// <summary>Where messages of one type go: who handles them, and how to hand them over.</summary>
internal abstract class OutboxRoute
{
    private static readonly ConcurrentDictionary<string, OutboxRoute> Known = new(StringComparer.Ordinal);

    /// <param name="type">Full name of the fact's type.</param>
    /// <exception cref="InvalidOperationException">There is no such type any more.</exception>
    public static OutboxRoute Of(string type) =>
        Known.GetOrAdd(
            type,
            name =>
            {
                var fact =
                    AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(name)).FirstOrDefault(t => t is not null)
                    ?? throw new InvalidOperationException($"No fact type {name}: was it renamed?");
                return (OutboxRoute)Activator.CreateInstance(typeof(To<>).MakeGenericType(fact))!;
            }
        );

    /// <summary>The handlers in the order of their registration.</summary>
    public abstract IReadOnlyList<object> Handlers(IServiceProvider scope);

    public abstract Task HandleAsync(object handler, string payload, CancellationToken cancellationToken);

    private sealed class To<T> : OutboxRoute
        where T : IFact
    {
        public override IReadOnlyList<object> Handlers(IServiceProvider scope) => [.. scope.GetServices<IFactHandler<T>>()];

        public override Task HandleAsync(object handler, string payload, CancellationToken cancellationToken) =>
            ((IFactHandler<T>)handler).Handle(JsonSerializer.Deserialize<T>(payload)!, cancellationToken);
    }
}
