using CampaignFlow.Shell;

namespace CampaignFlow.Studio;

/// <summary>What <c>guard.js</c> says, in the reader's language.</summary>
internal static class GuardTexts
{
    public static IReadOnlyDictionary<string, string> In(Words words) =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["saving"] = words.T("Saving …", "正在保存……"),
            ["saved"] = words.T("All changes are saved", "修改已全部保存"),
            ["kept"] = words.T("Kept as a revision beside the draft", "已另存为修订，未覆盖草稿"),
            ["pending"] = words.T("Not saved yet", "尚未保存"),
            ["unsaved"] = words.T("Not saved yet", "尚未保存"),
            ["expired"] = words.T(
                "Your session has ended. Your last changes are kept in this page and are saved by themselves once you have signed in again.",
                "登录已过期。最近的修改保留在本页，重新登录后会自动保存。"
            ),
            ["signIn"] = words.T("Sign in in a new tab", "在新标签页登录"),
            ["lost"] = words.T(
                "The server cannot be reached. Your last changes are kept in this page and are saved by themselves when it answers again.",
                "无法连接服务器。最近的修改保留在本页，恢复连接后会自动保存。"
            ),
            ["failed"] = words.T("The server could not save this change: ", "服务器未能保存这次修改："),
            ["missing"] = words.T("This workflow does not exist (any more).", "该流程不存在或已被删除。"),
            ["forbidden"] = words.T("Your role may not do this.", "您的角色无权执行此操作。"),
            ["download"] = words.T("Download my version", "下载我的版本"),
            ["reload"] = words.T("Load the saved version", "载入已保存的版本"),
            ["revisions"] = words.T("See both versions", "查看两个版本"),
            ["recovered"] = words.T("Changes of this browser were never saved: ", "本浏览器中有未保存的修改："),
            ["restore"] = words.T("Save them as a revision", "保存为一个修订"),
            ["discard"] = words.T("Forget them", "放弃"),
            ["mend"] = words.T("To mend before publishing", "发布前须修正"),
            ["look"] = words.T("Worth a look", "值得一看"),
            ["close"] = words.T("Close", "关闭"),
            ["asked"] = words.T(
                "Publication is asked for: a second person has to agree, because the workflow moves money or decides on it, or because you may not publish.",
                "已请求发布：须由第二人确认，因为该流程涉及资金，或您没有发布权限。"
            ),
            ["versions"] = words.T("See the versions", "查看版本"),
            ["published"] = words.T(
                "Published: new runs start with it, running ones keep their version.",
                "已发布：新的运行将使用本版本，进行中的运行保持原版本。"
            ),
            ["migrate"] = words.T("Preview carrying the running ones over", "预览迁移进行中的运行"),
            ["notPublished"] = words.T("Not published.", "未发布。"),
            ["back"] = words.T("Back to the workflows", "返回流程列表"),
        };
}
