using System.Net;
using System.Net.Sockets;

namespace CampaignFlow.Workflows.Http;

/// <summary>The address must not be called from here; the message is a sentence for the person who looks at the run.</summary>
public sealed class OutboundRefusal(string message) : Exception(message);

/// <summary>
/// The only way out for workflows. What a name resolves to is checked where the connection is made, so a name that answers differently
/// the second time gains nothing; redirects are followed here and each is checked like the first address.
/// </summary>
public sealed class Outbound : IDisposable
{
    private const int MostRedirects = 5;

    private readonly OutboundOptions options;
    private readonly HttpMessageInvoker client;

    public Outbound(OutboundOptions options)
    {
        this.options = options;
        client = new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                ConnectTimeout = options.Timeout,
                MaxResponseHeadersLength = 32,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectCallback = ConnectAsync,
            }
        );
    }

    /// <summary>What can be said about an address before its name is resolved.</summary>
    /// <exception cref="OutboundRefusal">It is not http or https, it carries a password, or it names a host inside the house.</exception>
    public Uri Check(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
            throw new OutboundRefusal(
                $"'{Shown(url)}' is not an address that can be called; write it in full, as https://api.example.com/orders."
            );
        if (address.UserInfo.Length > 0)
            throw new OutboundRefusal($"'{address.Host}' is called with a password in the address; use the input Authorization instead.");
        if (
            IPAddress.TryParse(address.IdnHost, out var number)
            && !PublicAddress.Is(number)
            && !options.Allows(address.IdnHost, address.Port)
        )
            throw Inside(address.IdnHost, address.Port);
        return address;
    }

    /// <param name="request">Makes the request for an address; called again for each redirect.</param>
    /// <exception cref="OutboundRefusal">The address, or one it redirects to, must not be called.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        Uri address,
        Func<Uri, bool, HttpRequestMessage> request,
        CancellationToken cancellationToken
    )
    {
        var (at, asGet) = (address, false);
        for (var redirects = 0; ; redirects++)
        {
            using var message = request(at, asGet);
            if (at.Authority != address.Authority)
                message.Headers.Authorization = null;
            var answer = await client.SendAsync(message, cancellationToken);
            if (Target(answer) is not { } next)
                return answer;
            answer.Dispose();
            if (redirects == MostRedirects)
                throw new HttpRequestException($"{address.Host} redirects more than {MostRedirects} times.");
            at = Check(new Uri(at, next).ToString());
            // As browsers do: only 307 and 308 keep method and content.
            asGet |= answer.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther;
        }
    }

    public void Dispose() => client.Dispose();

    private static Uri? Target(HttpResponseMessage answer) =>
        answer.StatusCode
            is HttpStatusCode.MovedPermanently
                or HttpStatusCode.Found
                or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect
                or HttpStatusCode.PermanentRedirect
            ? answer.Headers.Location
            : null;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var number) ? [number] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        // One inner address among many is enough: which of them is used is not ours to gamble on.
        if (!options.Allows(host, port) && !Array.TrueForAll(addresses, PublicAddress.Is))
            throw Inside(host, port);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static OutboundRefusal Inside(string host, int port) =>
        new(
            $"'{host}' lies inside this network, and workflows may not call it. If that is meant, add {host}:{port} to the setting Http:AllowedHosts."
        );

    private static string Shown(string url) => url.Length > 100 ? url[..100] + "…" : url;
}
