using System.Globalization;
using System.Net.Mail;
using CampaignFlow.Storage;

namespace CampaignFlow.Notifications;

/// <summary>How mails leave and where their links lead: <c>PublicUrl</c> and the section <c>Smtp</c>.</summary>
public sealed class MailOptions
{
    /// <summary>Address under which readers reach this installation.</summary>
    public required Uri PublicUrl { get; init; }

    public required MailAddress From { get; init; }

    /// <summary>Null: mails are written to files.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>Part of <c>Message-ID</c> after the at sign.</summary>
    public string Domain => From.Host;

    /// <exception cref="StartupRefusal">A setting is missing or contradicts another.</exception>
    public static MailOptions Read(IConfiguration configuration)
    {
        var address = configuration["PublicUrl"] is { Length: > 0 } set ? set : "http://127.0.0.1:5080";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new StartupRefusal($"PublicUrl is \"{address}\": write a full address like https://campaigns.example.com.");
        var host = configuration["Smtp:Host"];
        var from = configuration["Smtp:From"];
        if (string.IsNullOrWhiteSpace(host))
            return new() { PublicUrl = url, From = Address(string.IsNullOrWhiteSpace(from) ? "campaignflow@localhost" : from) };
        if (string.IsNullOrWhiteSpace(from))
            throw new StartupRefusal("Smtp:Host is set but Smtp:From is not: write the address that mails come from.");
        var smtp = new SmtpOptions
        {
            Host = host,
            Port = Port(configuration["Smtp:Port"]),
            User = Optional(configuration["Smtp:User"]),
            Password = Optional(configuration["Smtp:Password"]),
            StartTls = Switch(configuration["Smtp:StartTls"]),
            TrustedCertificate = Optional(configuration["Smtp:TrustedCertificate"]),
        };
        if (smtp.User is not null && smtp.Password is null)
            throw new StartupRefusal("Smtp:User is set but Smtp:Password is not.");
        if (smtp.User is not null && !smtp.StartTls)
            throw new StartupRefusal("Smtp:User is set and Smtp:StartTls is false: the password would travel in the clear.");
        if (smtp.TrustedCertificate is { } file && !File.Exists(file))
            throw new StartupRefusal($"Smtp:TrustedCertificate names {file}, which does not exist.");
        return new()
        {
            PublicUrl = url,
            From = Address(from),
            Smtp = smtp,
        };
    }

    private static MailAddress Address(string text) =>
        MailAddress.TryCreate(text, out var address)
            ? address
            : throw new StartupRefusal($"Smtp:From is \"{text}\": write an address like CampaignFlow <campaigns@example.com>.");

    private static int Port(string? text) =>
        string.IsNullOrWhiteSpace(text) ? 587
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536 ? port
        : throw new StartupRefusal($"Smtp:Port is \"{text}\": write a number from 1 to 65535.");

    private static bool Switch(string? text) =>
        string.IsNullOrWhiteSpace(text)
        || (bool.TryParse(text, out var on) ? on : throw new StartupRefusal($"Smtp:StartTls is \"{text}\": write true or false."));

    private static string? Optional(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>A mail server. Not a record: its text never shows the password.</summary>
public sealed class SmtpOptions
{
    public required string Host { get; init; }
    public int Port { get; init; } = 587;
    public string? User { get; init; }
    public string? Password { get; init; }
    public bool StartTls { get; init; } = true;

    /// <summary>PEM file with a certificate, or the authority that issued it, to trust beside the system's authorities.</summary>
    public string? TrustedCertificate { get; init; }
}
