using System.CommandLine;
using System.Globalization;
using System.Net;
using Peft.Declarative.App.Output;

namespace Peft.Declarative.App.Commands;

/// <summary>Serves a model and a folder of adapters by OpenAI's protocol.</summary>
internal sealed class ServeCommand : Command
{
    private const int DefaultPort = 8080;

    private readonly Option<string> _model = AppOptions.Model();
    private readonly Option<string> _adapters = AppOptions.Adapters();
    private readonly Option<string> _device = AppOptions.Device();
    private readonly Option<int?> _port = ValueOption.Number<int>(
        "--port", string.Create(CultureInfo.InvariantCulture, $"Port to listen on; 0 for a free one. Default: {DefaultPort}."), 0, 65_535);

    private readonly Option<string> _address = ValueOption.Text(
        "--address", "IP", "Address to listen on, such as 0.0.0.0 for all. Set Peft__ApiKeys__0 to a key first. Default: 127.0.0.1, this machine only.", required: false,
        text => IPAddress.TryParse(text, out _) ? null : $"is '{text}', but must be an IP address");

    internal ServeCommand(Func<string, string?, string, Uri, CancellationToken, Task> serve, AppOutput output)
        : base("serve", "Serves the model and a folder of adapters by OpenAI's protocol, with a page to chat at /. Ctrl-C stops it.")
    {
        Add(_model);
        Add(_adapters);
        Add(_device);
        Add(_port);
        Add(_address);
        SetAction(arguments => Failure.Guard(output, () =>
        {
            serve(arguments.GetRequiredValue(_model), arguments.GetValue(_adapters), arguments.GetRequiredValue(_device), Address(arguments), CancellationToken.None)
                .GetAwaiter().GetResult();
            return ExitCode.Success;
        }));
    }

    private Uri Address(ParseResult arguments) =>
        new UriBuilder(Uri.UriSchemeHttp, IPAddress.Parse(arguments.GetValue(_address) ?? "127.0.0.1").ToString(), arguments.GetValue(_port) ?? DefaultPort).Uri;
}
