using CampaignFlow.Accounts;
using CampaignFlow.Shell;
using CampaignFlow.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddStorage(StorageOptions.From(builder.Configuration));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddAccounts();
builder.Services.AddShell();
var app = builder.Build();
using var held = await DatabaseStart.PrepareAsync(app.Services);
app.UseShell();
app.MapShell();
app.MapAccounts();
app.Run();
