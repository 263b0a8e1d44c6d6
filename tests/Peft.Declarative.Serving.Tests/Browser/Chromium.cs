using System.Reflection;
using Microsoft.Playwright;

namespace Peft.Declarative.Serving.Tests.Browser;

/// <summary>The Chromium of this machine, started once. Nothing is downloaded: without one, the tests that need it are skipped.</summary>
public sealed class Chromium : IAsyncLifetime
{
    internal const string Collection = "Chromium";

    // Where distributions install it.
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private static readonly string? File = Environment.GetEnvironmentVariable("PEFT_CHROMIUM") ?? Places.FirstOrDefault(System.IO.File.Exists);

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (!System.IO.File.Exists(File))
        {
            return;
        }

        string driver = typeof(Chromium).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().First(entry => entry.Key == "PlaywrightFolder").Value!;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", driver);
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = File,
            Args = Environment.IsPrivilegedProcess ? ["--no-sandbox"] : [],   // Chromium's sandbox refuses root
        });
    }

    /// <summary>Opens the page of a server over a folder, or skips the test.</summary>
    internal async Task<Visit> VisitAsync(PersonaFolder folder, Action<PeftServerOptions>? configure = null, BrowserNewContextOptions? window = null, string link = "")
    {
        Skip.If(_browser is null, "Chromium is not on this machine; PEFT_CHROMIUM names it.");
        TestServer server = await TestServer.StartAsync(folder, options =>
        {
            options.MaxNewTokens = 12;
            configure?.Invoke(options);
        });
        var visit = new Visit(server, await _browser.NewContextAsync(window));
        await visit.OpenAsync(link);
        return visit;
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
    }
}

/// <summary>The tests that share one Chromium.</summary>
[CollectionDefinition(Chromium.Collection)]
public sealed class ChromiumCollection : ICollectionFixture<Chromium>;
