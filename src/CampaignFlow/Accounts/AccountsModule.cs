using CampaignFlow.Storage;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace CampaignFlow.Accounts;

/// <summary>Who is who: passwords, sign-in cookie, lock-out, and what each role may do (<see cref="Permissions"/>).</summary>
public static class AccountsModule
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services
            .AddIdentityCore<Person>(options =>
            {
                // Length beats character classes; the lock-out stops guessing.
                options.Password.RequiredLength = 12;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(10);
                options.User.RequireUniqueEmail = true;
            })
            .AddSignInManager()
            .AddClaimsPrincipalFactory<PersonClaims>();
        services.AddScoped<IUserStore<Person>>(provider => new UserOnlyStore<Person, CampaignFlowDb, Guid>(
            provider.GetRequiredService<CampaignFlowDb>()
        ));
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.ConfigureApplicationCookie(Cookie);
        services.Configure<SecurityStampValidatorOptions>(options =>
        {
            options.ValidationInterval = TimeSpan.Zero; // one row by its key, so that a sign-out and a changed role count at once
            options.TimeProvider = TimeProvider.System;
        });
        Permissions.Declare(services.AddAuthorizationBuilder());
        services.AddScoped<DemoPeople>();
        return services;
    }

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(
            "/sign-out",
            async (SignInManager<Person> door, UserManager<Person> people, HttpContext http) =>
            {
                // A copied cookie must not outlive the sign-out, so the stamp inside it is worth nothing from now on.
                if (await people.GetUserAsync(http.User) is { } person)
                    await people.UpdateSecurityStampAsync(person);
                await door.SignOutAsync();
                return TypedResults.LocalRedirect("/sign-in");
            }
        );
        return routes;
    }

    private static void Cookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = "campaignflow";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax; // Strict would ask people who follow a link in a mail to sign in again
        options.ExpireTimeSpan = TimeSpan.FromHours(12);
        options.SlidingExpiration = true;
        var validate = options.Events.OnValidatePrincipal;
        options.Events.OnValidatePrincipal = context =>
            context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<OpenFile>() is null ? validate(context) : Task.CompletedTask;
        options.LoginPath = "/sign-in";
        // A session lasts in the person's time, also where campaigns run on a virtual clock.
        options.TimeProvider = TimeProvider.System;
        options.Events.OnRedirectToLogin = context =>
        {
            if (
                context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                || context.Request.Path.StartsWithSegments("/elsa", StringComparison.OrdinalIgnoreCase)
                || context.Request.Path == "/events"
            )
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else if (context.Request.Headers.ContainsKey("HX-Request"))
                context.Response.Headers["HX-Redirect"] = "/sign-in"; // htmx would paste the sign-in page into the part it refreshes
            else
                context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }
}
