using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Workflows.Versions;

/// <summary>The files of the workflows folder, one definition each.</summary>
public sealed class DefinitionFiles(WorkflowOptions options)
{
    /// <returns>Null when there is none, it is too large, or it cannot be read just now.</returns>
    public string? TextOf(string definitionId)
    {
        try
        {
            return IsName(definitionId) && new FileInfo(PathOf(definitionId)) is { Exists: true, Length: <= WorkflowJson.LargestBytes } file
                ? File.ReadAllText(file.FullName)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public string? HashOf(string definitionId) => TextOf(definitionId) is { } text ? SaveDraft.HashOf(text) : null;

    /// <summary>All at once: a reader sees the old text or the new one, never half of it.</summary>
    /// <param name="keepOld">What it said so far stays beside it as <c>NAME.json.old</c>.</param>
    public void Write(string definitionId, string text, bool keepOld)
    {
        if (!IsName(definitionId))
            throw new ArgumentException($"'{definitionId}' is no file name.", nameof(definitionId));
        Directory.CreateDirectory(options.Folder);
        var path = PathOf(definitionId);
        var whole = path + ".new";
        File.WriteAllText(whole, text);
        if (keepOld && File.Exists(path))
            File.Copy(path, path + ".old", overwrite: true);
        File.Move(whole, path, overwrite: true);
    }

    private static bool IsName(string definitionId) => definitionId.Length > 0 && Path.GetFileName(definitionId) == definitionId;

    private string PathOf(string definitionId) => Path.Combine(options.Folder, definitionId + ".json");
}
