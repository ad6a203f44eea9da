namespace CampaignFlow.Engine.Expressions;

/// <summary>Walks the tree instead of compiling it: what explanations use, and the check on the compiler.</summary>
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
            Node.And and => All([Value(and.Left, values), Value(and.Right, values)]),
            Node.Or or => 1 - All([1 - Value(or.Left, values), 1 - Value(or.Right, values)]),
            Node.Consecutive consecutive => All(consecutive.Days.Select(day => Value(day, values))),
            Node.Comparison comparison => Compare(comparison.Sign, Value(comparison.Left, values), Value(comparison.Right, values)),
            Node.Arithmetic arithmetic => Arithmetic(arithmetic.Sign, Value(arithmetic.Left, values), Value(arithmetic.Right, values)),
            _ => throw new InvalidOperationException($"{node.GetType().Name} has no value."),
        };

    public static bool? Truth(double value) =>
        double.IsNaN(value) ? null
        : value == 0 ? false
        : true;

    private static double All(IEnumerable<double> truths) => truths.Aggregate(1d, (a, b) => a == 0 || b == 0 ? 0 : a * b);

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
