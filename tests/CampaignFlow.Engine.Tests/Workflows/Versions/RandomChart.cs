using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

/// <summary>Steps one after another, some of them forks whose branches all meet again: <c>id:kind</c> or a block.</summary>
internal sealed record RandomChart(IReadOnlyList<RandomChart.Piece> Pieces)
{
    internal abstract record Piece(string Id);

    internal sealed record Step(string Id, string Kind) : Piece(Id);

    /// <summary>The join's id is the fork's with a j.</summary>
    internal sealed record Block(string Id, IReadOnlyList<IReadOnlyList<Piece>> Branches) : Piece(Id);

    internal static RandomChart Draw(Dice dice)
    {
        var count = 0;
        return new([new Step("start", "line"), .. Row(dice, 2 + dice.Next(4), 0, ref count)]);
    }

    private static List<Piece> Row(Dice dice, int length, int depth, ref int count)
    {
        string[] kinds = ["line", "ask", "ask", "gate"];
        var row = new List<Piece>();
        for (var i = 0; i < length; i++)
        {
            var id = $"n{++count}";
            if (depth < 2 && dice.Next(3) == 0)
                row.Add(
                    new Block(id, [Row(dice, 1 + dice.Next(2), depth + 1, ref count), Row(dice, 1 + dice.Next(3), depth + 1, ref count)])
                );
            else
                row.Add(new Step(id, kinds[dice.Next(kinds.Length)]));
        }
        return row;
    }

    internal WorkflowDefinition Definition()
    {
        var (activities, connections) = (new List<string>(), new List<string>());
        Write(Pieces, null, activities, connections);
        return Drawing.Flow(string.Join(' ', activities), string.Join(' ', connections));
    }

    /// <returns>The last activity of the row.</returns>
    private static string? Write(IReadOnlyList<Piece> row, string? after, List<string> activities, List<string> connections)
    {
        foreach (var piece in row)
        {
            activities.Add(piece is Step step ? $"{step.Id}:{step.Kind}" : $"{piece.Id}:fork");
            if (after is not null)
                connections.Add($"{after}>{piece.Id}");
            after = piece.Id;
            if (piece is not Block block)
                continue;
            after = piece.Id + "j";
            activities.Add($"{after}:all");
            foreach (var branch in block.Branches)
                connections.Add($"{Write(branch, piece.Id, activities, connections)}>{after}");
        }
        return after;
    }

    internal sealed record Changed(
        RandomChart Before,
        RandomChart Chart,
        Dictionary<string, string> Renamed,
        HashSet<string> Removed,
        Dictionary<string, string?> Added
    )
    {
        private IEnumerable<string> Old => Before.Definition().Activities.Keys.Where(id => id != "flow");

        /// <summary>What is not finished, and what was added before something that has not begun.</summary>
        internal IEnumerable<string> StillToDo(HashSet<string> live, HashSet<string> finished) =>
            Old.Where(id => !finished.Contains(id) && !Removed.Contains(id))
                .Select(id => Renamed.GetValueOrDefault(id, id))
                .Concat(Added.Where(a => a.Value is null || (!live.Contains(a.Value) && !finished.Contains(a.Value))).Select(a => a.Key));

        /// <summary>A wait was removed, or the last finished step of a branch that waits, or a rename hides on which side a new gate is.</summary>
        internal bool MayRefuse(HashSet<string> live, HashSet<string> finished) =>
            Removed.Overlaps(live) || Removed.Overlaps(finished) || (Renamed.Keys.Any(live.Contains) && Added.Count > 0);
    }

    /// <summary>One to four steps are added, renamed or removed. No branch becomes empty.</summary>
    internal Changed Change(Dice dice, IReadOnlyList<string> kinds)
    {
        var changed = new Changed(this, this, new(StringComparer.Ordinal), new(StringComparer.Ordinal), new(StringComparer.Ordinal));
        for (var i = 1 + dice.Next(4); i > 0; i--)
        {
            var verb = dice.Next(4);
            var target = dice.Next(20);
            var kind = kinds[dice.Next(kinds.Count)];
            var at = 0;
            changed = changed with { Chart = new(Row(changed.Chart.Pieces, null)) };

            List<Piece> Row(IReadOnlyList<Piece> row, string? end)
            {
                var steps = new List<Piece>();
                for (var n = 0; n < row.Count; n++)
                {
                    var piece = row[n] is Block block
                        ? block with
                        {
                            Branches = [.. block.Branches.Select(b => (IReadOnlyList<Piece>)Row(b, block.Id + "j"))],
                        }
                        : row[n];
                    if (piece is not Step step || at++ != target)
                    {
                        steps.Add(piece);
                        continue;
                    }
                    var isNew = changed.Added.ContainsKey(step.Id) || changed.Renamed.ContainsValue(step.Id);
                    if (verb == 0 && !isNew && row.Count > 1 && step.Id != "start")
                    {
                        changed.Removed.Add(step.Id);
                        continue;
                    }
                    if (verb == 1 && !isNew)
                    {
                        changed.Renamed[step.Id] = "r" + step.Id;
                        steps.Add(step with { Id = "r" + step.Id });
                        continue;
                    }
                    steps.Add(piece);
                    var id = $"x{changed.Added.Count}";
                    changed.Added[id] = NextOld(row.Skip(n + 1)) ?? end;
                    steps.Add(new Step(id, kind));
                }
                return steps;
            }

            string? NextOld(IEnumerable<Piece> rest) =>
                rest.Select(p => changed.Added.ContainsKey(p.Id) ? null : changed.Renamed.FirstOrDefault(r => r.Value == p.Id).Key ?? p.Id)
                    .FirstOrDefault(id => id is not null);
        }
        return changed;
    }
}
