namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>The parts of one expression. <see cref="At"/> is the offset in its text, for messages.</summary>
internal abstract record ScriptNode(int At)
{
    internal sealed record Constant(int At, object? Value) : ScriptNode(At);

    internal sealed record Name(int At, string Text) : ScriptNode(At);

    internal sealed record Member(int At, ScriptNode Target, string Key, bool Optional) : ScriptNode(At);

    internal sealed record Index(int At, ScriptNode Target, ScriptNode Key, bool Optional) : ScriptNode(At);

    internal sealed record Call(int At, ScriptNode Callee, IReadOnlyList<ScriptNode> Arguments, bool Optional) : ScriptNode(At);

    internal sealed record Unary(int At, string Operator, ScriptNode Operand) : ScriptNode(At);

    internal sealed record Binary(int At, string Operator, ScriptNode Left, ScriptNode Right) : ScriptNode(At);

    internal sealed record Conditional(int At, ScriptNode Test, ScriptNode Then, ScriptNode Else) : ScriptNode(At);

    internal sealed record Template(int At, IReadOnlyList<ScriptNode> Parts) : ScriptNode(At);

    internal sealed record ArrayLiteral(int At, IReadOnlyList<ScriptNode> Items) : ScriptNode(At);

    internal sealed record ObjectLiteral(int At, IReadOnlyList<(string Key, ScriptNode Value)> Properties) : ScriptNode(At);

    /// <summary>An operator of the condition language, in which what is missing makes the answer unknown; <c>not</c> and the sign have no left side.</summary>
    internal sealed record Rule(int At, string Operator, ScriptNode? Left, ScriptNode Right) : ScriptNode(At);

    /// <summary>The nodes just below this one.</summary>
    internal IEnumerable<ScriptNode> Inside() =>
        this switch
        {
            Member member => [member.Target],
            Index index => [index.Target, index.Key],
            Call call => [call.Callee, .. call.Arguments],
            Unary unary => [unary.Operand],
            Binary binary => [binary.Left, binary.Right],
            Conditional choice => [choice.Test, choice.Then, choice.Else],
            Template template => template.Parts,
            ArrayLiteral array => array.Items,
            ObjectLiteral map => map.Properties.Select(p => p.Value),
            Rule rule => rule.Left is null ? [rule.Right] : [rule.Left, rule.Right],
            _ => [],
        };
}
