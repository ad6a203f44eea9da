using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Waits for a request, or starts the workflow by one. What came is its outputs.</summary>
internal sealed class HttpEndpoint : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "HttpEndpoint",
            "HTTP",
            new("HTTP endpoint", "HTTP 端点"),
            new("Waits for a request to a path.", "等待对某个路径的请求。"),
            Input(
                "Path",
                "String",
                new("Path", "路径"),
                new("Below /hooks: orders/{id}/paid.", "位于 /hooks 之下：orders/{id}/paid。"),
                required: true
            ),
            Input(
                "SupportedMethods",
                "String[]",
                new("Methods", "方法"),
                new("One or more of GET, POST, PUT, PATCH, HEAD, DELETE.", "可多选：GET、POST、PUT、PATCH、HEAD、DELETE。"),
                otherwise: "GET"
            ),
            Input(
                "Authorize",
                "Boolean",
                new("Signed callers only", "仅限已验证的调用者"),
                new(
                    "Needs a key or a signed-in person even where anonymous calls are allowed.",
                    "即使允许匿名调用，也需要密钥或已登录的人员。"
                )
            ),
            Input(
                "Policy",
                "String",
                new("Permission", "权限"),
                new("What a signed-in caller must be allowed to do, such as edit-campaigns.", "登录者须具备的权限，例如 edit-campaigns。")
            ),
            Input(
                "RequestSizeLimit",
                "Int64",
                new("Largest request", "请求大小上限"),
                new("In bytes, such as 65536.", "单位：字节，例如 65536。")
            )
        ) with
        {
            Waits = true,
            Outputs =
            [
                Result(new("Request", "请求"), new("All of the request that came.", "收到的完整请求。")),
                new(
                    "ParsedContent",
                    "Object",
                    new("Content", "内容"),
                    new("What was sent, read as JSON where it is.", "请求内容；若为 JSON 则已解析。")
                ),
                new(
                    "RouteData",
                    "Object",
                    new("Parts of the path", "路径参数"),
                    new("For orders/{id}: the id.", "例如 orders/{id} 中的 id。")
                ),
                new(
                    "QueryStringData",
                    "Object",
                    new("Query", "查询参数"),
                    new("For ?channel=search: the channel.", "例如 ?channel=search 中的 channel。")
                ),
                new("Headers", "Object", new("Headers", "请求头"), new("Such as Content-Type.", "例如 Content-Type。")),
            ],
        };

    internal override IReadOnlyList<string> TriggerInputs => ["Path", "SupportedMethods"];

    internal override IEnumerable<(string Kind, string Key)> Triggers(Activity activity) =>
        Keys(HttpPath.Normal(Fixed(activity, "Path")), activity.Inputs["SupportedMethods"].Value);

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var path = HttpPath.Normal(burst.Text(self, "Path") ?? "");
        if (HttpPath.Problem(path) is { } problem)
            throw new ActivityFault($"'{activity.Name}': {problem.En}.");
        burst.Suspend(self, [.. Keys(path, burst.Value(self, "SupportedMethods")).Select(k => new Bookmark("", k.Kind, k.Key))]);
    }

    internal override void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload)
    {
        burst.SetOutput(self, "Result", payload);
        foreach (
            var (output, part) in new[]
            {
                ("ParsedContent", "content"),
                ("RouteData", "route"),
                ("QueryStringData", "query"),
                ("Headers", "headers"),
            }
        )
            burst.SetOutput(self, output, payload?[part]);
        burst.Complete(self);
    }

    internal override IEnumerable<Phrase> Check(Activity activity)
    {
        if (activity.Inputs.TryGetValue("Path", out var path) && path is { IsConstant: true, Value: { } value })
            if (HttpPath.Problem(HttpPath.Normal(value.ToString())) is { } problem)
                yield return new(problem.En + ".", problem.Zh + "。");
        if (activity.Inputs.TryGetValue("SupportedMethods", out var methods) && methods is { IsConstant: true, Value: JsonArray list })
            foreach (var method in list.Select(m => m?.ToString() ?? "").Where(m => !HttpPath.Methods.Contains(m.ToUpperInvariant())))
                yield return new(
                    $"'{method}' is not a method an endpoint takes; use {string.Join(", ", HttpPath.Methods)}.",
                    $"端点不支持方法“{method}”；可用 {string.Join("、", HttpPath.Methods)}。"
                );
    }

    private static IEnumerable<(string Kind, string Key)> Keys(string path, JsonNode? methods) =>
        (methods as JsonArray ?? [])
            .Select(m => m!.ToString().ToUpperInvariant())
            .Distinct(StringComparer.Ordinal)
            .Select(method => (HttpPath.IsRoute(path) ? Bookmark.HttpRoute : Bookmark.Http, $"{method} {path}"));
}

/// <summary>
/// Sends a request, which the product does once the run is stored, and waits for the answer. <c>FlowSendHttpRequest</c> leaves by its
/// outcomes; <c>SendHttpRequest</c> first runs the activity that stands in it for the status.
/// </summary>
internal sealed class SendHttpRequest(string name) : BuiltInActivity
{
    private const string Codes = "ExpectedStatusCodes";
    internal const string Unmatched = "Unmatched status code";
    internal const string NoConnection = "Failed to connect";
    internal const string TimedOut = "Timeout";

    internal override ActivityType Type { get; } =
        Describe(
            name,
            "HTTP",
            name == "SendHttpRequest" ? new("HTTP request", "HTTP 请求") : new("HTTP request (flow)", "HTTP 请求（流程图）"),
            new("Sends a request and waits for the answer.", "发送请求并等待响应。"),
            Input(
                "Url",
                "String",
                new("Address", "地址"),
                new("Where to, such as https://agency.example.com/plan.", "请求地址，例如 https://agency.example.com/plan。"),
                required: true
            ),
            Input(
                "Method",
                "String",
                new("Method", "方法"),
                new("How it is sent: GET reads, POST sends something new.", "请求方法：GET 读取，POST 提交新内容。"),
                otherwise: "GET"
            ) with
            {
                Options = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"],
            },
            Input(
                "Content",
                "Object",
                new("Content", "内容"),
                new("Text, or an object that is sent as JSON.", "文本，或以 JSON 发送的对象。")
            ),
            Input(
                "ContentType",
                "String",
                new("Content type", "内容类型"),
                new("application/json, text/plain, …", "application/json、text/plain 等。")
            ),
            Input(
                "Authorization",
                "String",
                new("Authorization", "授权"),
                new("Value of the header, such as Bearer and a key.", "请求头的值，例如 Bearer 加密钥。")
            ) with
            {
                Secret = true,
            },
            Input(
                "DisableAuthorizationHeaderValidation",
                "Boolean",
                new("Any authorization", "不校验授权头"),
                new("Sends the value as it is.", "按原样发送。")
            ),
            Input(
                "RequestHeaders",
                "Object",
                new("Headers", "请求头"),
                new("Name and value, such as {\"Accept-Language\": \"zh\"}.", "名称与值，例如 {\"Accept-Language\": \"zh\"}。")
            ) with
            {
                Secret = true,
            },
            Input(
                "EnableResiliency",
                "Boolean",
                new("Retry", "重试"),
                new("Old switch of Elsa: requests are always retried here.", "Elsa 的旧开关：此处总会重试。")
            ),
            Input(
                Codes,
                "String[]",
                new("Expected status codes", "预期状态码"),
                new("Each is an outcome, such as 200 and 404.", "每个状态码是一个出口，例如 200 和 404。")
            )
        ) with
        {
            Outcomes = ["Done", Unmatched, NoConnection, TimedOut],
            OutcomesInput = Codes,
            Waits = true,
            Outputs =
            [
                Result(new("Answer", "响应"), new("The whole answer.", "完整的响应。")),
                new("StatusCode", "Int32", new("Status code", "状态码"), new("Such as 200 or 404.", "例如 200 或 404。")),
                new(
                    "ParsedContent",
                    "Object",
                    new("Content", "内容"),
                    new("What was answered, read as JSON where it is.", "响应内容；若为 JSON 则已解析。")
                ),
                new("ResponseHeaders", "Object", new("Headers", "响应头"), new("Such as Content-Type.", "例如 Content-Type。")),
            ],
        };

    internal override IReadOnlyList<string> Slots => name == "SendHttpRequest" ? ["UnmatchedStatusCode", "FailedToConnect", "Timeout"] : [];

    internal override void Run(Burst burst, Execution self, Activity activity) => burst.Call(self, activity, null);

    internal override void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload) =>
        burst.Call(self, activity, new Resumption(bookmark, payload));

    /// <param name="outcomes">One of <see cref="NoConnection"/> and <see cref="TimedOut"/>, or Done when there is a status.</param>
    internal override void Answered(Burst burst, Execution self, Activity activity, IReadOnlyList<string> outcomes)
    {
        var expected = burst.Texts(self, Codes);
        var status = burst.LastOutput(self, "StatusCode")?.ToString();
        var special =
            outcomes[0] is NoConnection or TimedOut ? outcomes[0]
            : status is not null && (expected.Contains(status, StringComparer.Ordinal) || activity.Slots.ContainsKey(status)) ? status
            : expected.Count > 0 || name == "SendHttpRequest" ? Unmatched
            : null;
        if (special is not null && activity.Slots.TryGetValue(SlotOf(special), out var child))
            burst.Schedule(self, child);
        else if (special is null || (name == "SendHttpRequest" && !burst.IsConnected(self, special)))
            burst.Complete(self, "Done");
        else if (special is NoConnection or TimedOut || name == "SendHttpRequest")
            burst.Complete(self, special);
        else
            burst.Complete(self, special, "Done");
    }

    /// <summary>What the product would answer so that it is left by the outcome; null: the first status that is expected.</summary>
    internal static (string Outcome, JsonNode? Status) AnswerFor(Activity activity, string? outcome)
    {
        if (outcome is NoConnection or TimedOut)
            return (outcome, null);
        var codes = activity.Ports.Skip(activity.Described.Outcomes.Count).ToList();
        var status =
            outcome is Unmatched ? "0"
            : outcome is null or "Done" ? codes.FirstOrDefault() ?? "200"
            : outcome;
        return ("Done", int.TryParse(status, CultureInfo.InvariantCulture, out var code) ? code : null);
    }

    private static string SlotOf(string outcome) =>
        outcome switch
        {
            Unmatched => "UnmatchedStatusCode",
            NoConnection => "FailedToConnect",
            TimedOut => "Timeout",
            _ => outcome,
        };
}
