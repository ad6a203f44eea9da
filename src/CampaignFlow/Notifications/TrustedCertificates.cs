using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace CampaignFlow.Notifications;

/// <summary>
/// Certificates that a mail server may show although no public authority signed them. Names and dates are still checked; only the
/// authority is added, and only for the host it was configured for.
/// </summary>
internal static class TrustedCertificates
{
    private static readonly ConcurrentDictionary<string, X509Certificate2Collection> ByHost = new(StringComparer.OrdinalIgnoreCase);
    private static readonly Lock Once = new();

    /// <param name="file">PEM, one certificate or several.</param>
    public static void Trust(string host, string file)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(file);
        ByHost[host] = certificates;
        lock (Once)
        {
#pragma warning disable SYSLIB0014, MA0039 // SmtpClient has no other place to ask; HttpClient does not look here
            if (ServicePointManager.ServerCertificateValidationCallback != Check)
                ServicePointManager.ServerCertificateValidationCallback = Check;
#pragma warning restore SYSLIB0014, MA0039
        }
    }

    private static bool Check(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (
            errors != SslPolicyErrors.RemoteCertificateChainErrors
            || sender is not SslStream stream
            || !ByHost.TryGetValue(stream.TargetHostName, out var trusted)
            || certificate is not X509Certificate2 shown
        )
            return false;
        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(trusted);
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // a private authority publishes no lists
        return own.Build(shown);
    }
}
