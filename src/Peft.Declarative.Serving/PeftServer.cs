using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Peft.Declarative;

/// <summary>A whole program that serves a model and its adapters. <see cref="PeftServingExtensions"/> add the same to a program of one's own.</summary>
public static class PeftServer
{
    /// <summary>
    /// Serves a model and a folder of adapters by OpenAI's protocol until Ctrl-C, SIGTERM or the cancellation. Further options are read from the section
    /// <c>Peft</c> of the configuration: from <c>appsettings.json</c>, or from variables of the environment such as <c>Peft__ApiKeys__0</c>.
    /// </summary>
    /// <param name="model">The directory of the base model, with its tokenizer.</param>
    /// <param name="adapters">The folder whose subfolders are adapters; <see langword="null"/> for none.</param>
    /// <param name="device">The device: <c>cpu</c>, <c>cuda</c>, <c>cuda:1</c>, or <c>auto</c> for CUDA if there is one.</param>
    /// <param name="address">The address to listen on, such as <c>http://127.0.0.1:8080</c>. Port 0 is a free one. The log tells which.</param>
    /// <param name="cancellation">Stops the server, as SIGTERM does.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">Options are out of range; all are named.</exception>
    /// <exception cref="PeftException">The model cannot be loaded.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task RunAsync(string model, string? adapters, string device, Uri address, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        builder.AddPeft(options => (options.Model, options.Adapters, options.Device) = (model, adapters, device));
        await using WebApplication app = builder.Build();
        app.MapPeft();
        try
        {
            await app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException error)
        {
            throw new IOException($"{error.Message.TrimEnd('.')}. Choose another port, or stop the program that has it.", error);
        }

        await app.WaitForShutdownAsync(cancellation).ConfigureAwait(false);
    }
}
