namespace CampaignFlow.Engine.Expressions;

/// <summary>Walks the tree instead of compiling it: explanations, formulas that are seldom asked, and the check on the compiler.</summary>
internal static class Interpreter
{
    /// <summary>1 holds, 0 does not, NaN unknown for conditions; the value for everything else.</summary>
    public static double Value(Node node, double[] values) =>
        node switch
        {
            Node.Literal literal => literal.Value,
            Node.Read read => values[read.Slot],
            Node.Negative negative => -Value(negative.Of, values),
            Node.Not not => 1 - Value(not.Of, values),
            Node.And and => Both(Value(and.Left, values), Value(and.Right, values)),
            Node.Or or => 1 - Both(1 - Value(or.Left, values), 1 - Value(or.Right, values)),
            Node.Consecutive consecutive => All(consecutive.Days, values),
            Node.Comparison comparison => Compare(comparison.Sign, Value(comparison.Left, values), Value(comparison.Right, values)),
            Node.Arithmetic arithmetic => Arithmetic(arithmetic.Sign, Value(arithmetic.Left, values), Value(arithmetic.Right, values)),
            _ => throw new InvalidOperationException($"{node.GetType().Name} has no value."),
        };

    public static bool? Truth(double value) =>
        double.IsNaN(value) ? null
        : value == 0 ? false
        : true;

    private static double All(IReadOnlyList<Node> conditions, double[] values)
    {
        var all = 1d;
        for (var i = 0; i < conditions.Count; i++)
            all = Both(all, Value(conditions[i], values));
        return all;
    }

    private static double Both(double a, double b) => a == 0 || b == 0 ? 0 : a * b;

    private static double Compare(string sign, double left, double right)
    {
        if (double.IsNaN(left) || double.IsNaN(right))
            return double.NaN;
        var holds = sign switch
        {
            ">" => left > right,
            ">=" => left >= right,
            "<" => left < right,
            "<=" => left <= right,
            "==" => left == right,
            _ => left != right,
        };
        return holds ? 1 : 0;
    }

    private static double Arithmetic(char sign, double left, double right) =>
        sign switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ => right == 0 ? double.NaN : left / right,
        };
}
