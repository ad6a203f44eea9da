using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Notifications;

public static class NotificationsModule
{
    /// <summary>Needs storage, configuration, logging and a <see cref="TimeProvider"/>. With <c>Smtp:Host</c> mails go to that server, else to files.</summary>
    public static IServiceCollection AddNotifications(this IServiceCollection services)
    {
        services.AddSingleton(provider => MailOptions.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<IMailer>(provider =>
            provider.GetRequiredService<MailOptions>().Smtp is null
                ? ActivatorUtilities.CreateInstance<FileMailer>(provider)
                : ActivatorUtilities.CreateInstance<SmtpMailer>(provider)
        );
        services.AddSingleton<WriteMail>();
        services.AddSingleton<PostMail>();
        services.AddSingleton<ActionLinks>();
        services.AddScoped<IFactHandler<MailQueued>, DeliverMail>();
        services.AddScoped<IActivity, SendEmail>();
        services.AddScoped<MailQueries>();
        services.AddScoped<ResendMail>();
        return services;
    }
}
