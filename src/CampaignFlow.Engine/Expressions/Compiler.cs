using System.Linq.Expressions;

namespace CampaignFlow.Engine.Expressions;

/// <summary>
/// Turns a checked formula into a delegate over its flat value array. Unknown is NaN all the way: a comparison with an unknown
/// side is unknown, <c>and</c>/<c>or</c>/<c>not</c> follow Kleene's strong three-valued logic, division by zero is unknown.
/// </summary>
internal static class Compiler
{
    private static readonly Expression True = Expression.Constant(1d);
    private static readonly Expression False = Expression.Constant(0d);
    private static readonly Expression Unknown = Expression.Constant(double.NaN);

    public static Func<double[], double> Compile(Node root)
    {
        var values = Expression.Parameter(typeof(double[]), "values");
        return Expression.Lambda<Func<double[], double>>(Of(root, values), values).Compile();
    }

    private static Expression Of(Node node, ParameterExpression values) =>
        node switch
        {
            Node.Literal literal => Expression.Constant(literal.Value),
            Node.Read read => Expression.ArrayIndex(values, Expression.Constant(read.Slot)),
            Node.Negative negative => Expression.Negate(Of(negative.Of, values)),
            Node.Not not => Expression.Subtract(True, Of(not.Of, values)),
            Node.And and => Either(Of(and.Left, values), Of(and.Right, values), False, Expression.Multiply),
            Node.Or or => Either(Of(or.Left, values), Of(or.Right, values), True, Expression.Add),
            Node.Consecutive consecutive => consecutive
                .Days.Select(day => Of(day, values))
                .Aggregate((a, b) => Either(a, b, False, Expression.Multiply)),
            Node.Comparison comparison => Compare(comparison.Sign, Of(comparison.Left, values), Of(comparison.Right, values)),
            Node.Arithmetic arithmetic => Arithmetic(arithmetic.Sign, Of(arithmetic.Left, values), Of(arithmetic.Right, values)),
            _ => throw new InvalidOperationException($"{node.GetType().Name} cannot be compiled."),
        };

    /// <summary>
    /// <paramref name="decisive"/> on one side settles it. What is left is the neutral value or unknown, which
    /// <paramref name="rest"/> (times for <c>and</c>, plus for <c>or</c>) combines rightly because NaN spreads.
    /// </summary>
    private static BlockExpression Either(Expression a, Expression b, Expression decisive, Func<Expression, Expression, Expression> rest)
    {
        var (left, right) = (Expression.Variable(typeof(double)), Expression.Variable(typeof(double)));
        return Expression.Block(
            [left, right],
            Expression.Assign(left, a),
            Expression.Condition(
                Expression.Equal(left, decisive),
                decisive,
                Expression.Block(
                    Expression.Assign(right, b),
                    Expression.Condition(Expression.Equal(right, decisive), decisive, rest(left, right))
                )
            )
        );
    }

    private static BlockExpression Compare(string sign, Expression a, Expression b)
    {
        var (left, right) = (Expression.Variable(typeof(double)), Expression.Variable(typeof(double)));
        Expression holds = sign switch
        {
            ">" => Expression.GreaterThan(left, right),
            ">=" => Expression.GreaterThanOrEqual(left, right),
            "<" => Expression.LessThan(left, right),
            "<=" => Expression.LessThanOrEqual(left, right),
            "==" => Expression.Equal(left, right),
            _ => Expression.NotEqual(left, right),
        };
        // NaN differs from itself: the cheapest test for unknown.
        var unknown = Expression.OrElse(Expression.NotEqual(left, left), Expression.NotEqual(right, right));
        return Expression.Block(
            [left, right],
            Expression.Assign(left, a),
            Expression.Assign(right, b),
            Expression.Condition(unknown, Unknown, Expression.Condition(holds, True, False))
        );
    }

    private static Expression Arithmetic(char sign, Expression a, Expression b)
    {
        if (sign != '/')
            return sign switch
            {
                '+' => Expression.Add(a, b),
                '-' => Expression.Subtract(a, b),
                _ => Expression.Multiply(a, b),
            };
        var divisor = Expression.Variable(typeof(double));
        return Expression.Block(
            [divisor],
            Expression.Assign(divisor, b),
            Expression.Condition(Expression.Equal(divisor, False), Unknown, Expression.Divide(a, divisor))
        );
    }
}
