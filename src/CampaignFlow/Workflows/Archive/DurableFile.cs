using System.Runtime.InteropServices;

namespace CampaignFlow.Workflows.Archive;

/// <summary>Writes files that are whole or not there, also after the power was cut.</summary>
internal static class DurableFile
{
    public const string Unfinished = ".tmp";

    /// <summary>Writes beside the name, forces it to the disk and gives it its name; a half-written one keeps the name <c>.tmp</c>.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        var unfinished = path + Unfinished;
        await using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await write(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path);
        ForceFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>The name itself is in the folder, which has to reach the disk too. Windows does so with the file.</summary>
    private static void ForceFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var handle = Open(folder, 0);
        if (handle < 0 || Sync(handle) != 0)
            throw new IOException($"The folder {folder} could not be forced to the disk (error {Marshal.GetLastPInvokeError()}).");
        _ = Close(handle);
    }

#pragma warning disable CA2101 // The path is marshalled as UTF-8, which is what the system takes.
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
#pragma warning restore CA2101

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int handle);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int handle);
}
