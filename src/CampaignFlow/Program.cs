using CampaignFlow.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddStorage(StorageOptions.From(builder.Configuration));
builder.Services.AddSingleton(TimeProvider.System);
var app = builder.Build();
using var held = await DatabaseStart.PrepareAsync(app.Services);
app.Run();
