using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Peft.Declarative.Serving.Tests;

/// <summary>The options as a configuration gives them: bound, and refused before the model is loaded.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Section_OfTheConfiguration_IsBound()
    {
        PeftServerOptions options = Bound(
            ("Adapters", "personas"), ("RequestTimeout", "00:01:30"), ("MaxRows", "7"), ("ApiKeys:0", "secret"), ("ApiKeys:1", "open sesame"), ("PinnedAdapters:0", "captain"));

        Assert.Equal(("models/llama", "personas", TimeSpan.FromSeconds(90), 7), (options.Model, options.Adapters, options.RequestTimeout, options.MaxRows));
        Assert.Equal(["secret", "open sesame"], options.ApiKeys);
        Assert.Equal(["captain"], options.PinnedAdapters);
    }

    [Theory]
    [InlineData("ApiKeys:0", "", "'ApiKeys:0' is blank, which would admit every request.")]
    [InlineData("ApiKeys:0", "  ", "'ApiKeys:0' is blank, which would admit every request.")]
    [InlineData("ApiKeys:0", "secret\n", "'ApiKeys:0' begins or ends with white space or has letters beyond ASCII")]
    [InlineData("ApiKeys:0", "clé", "'ApiKeys:0' begins or ends with")]
    [InlineData("RequestTimeout", "60", "'RequestTimeout' is '60.00:00:00', but must be from 00:00:00.0010000 to 23:59:59. Write one minute as 00:01:00;")]
    [InlineData("RequestTimeout", "00:00:00", "'RequestTimeout' is '00:00:00', but must")]
    [InlineData("RequestTimeout", "-00:00:05", "'RequestTimeout' is '-00:00:05', but must")]
    [InlineData("WriteTimeout", "30", "'WriteTimeout' is '30.00:00:00', but must")]
    [InlineData("DrainTimeout", "-00:00:00.001", "'DrainTimeout' is '-00:00:00.0010000', but must be from 00:00:00 to 23:59:59.")]
    [InlineData("MaxRows", "0", "'MaxRows' is '0', but must be from 1 to 4096")]
    [InlineData("AdapterMemory", "0", "'AdapterMemory' is '0', but must be at least 1")]
    [InlineData("PromptMemory", "-1", "'PromptMemory' is '-1', but must be at least 0")]
    [InlineData("PrefillTokens", "0", "'PrefillTokens' is '0', but must")]
    [InlineData("QueueLength", "0", "'QueueLength' is '0', but must")]
    [InlineData("MaxBodyBytes", "0", "'MaxBodyBytes' is '0', but must be at least 1")]
    [InlineData("MaxMessages", "0", "'MaxMessages' is '0', but must")]
    [InlineData("MaxNewTokens", "-5", "'MaxNewTokens' is '-5', but must")]
    [InlineData("MaxChoices", "0", "'MaxChoices' is '0', but must be from 1 to 128")]
    [InlineData("Device", "gpu", "'Device' is 'gpu', but must be auto, cpu, cuda or cuda:N")]
    [InlineData("Model", "", "'Model' is '', but must name the directory of the base model")]
    public void Option_ThatCannotBe_IsRefusedByNameAndValue(string option, string value, string words)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bound((option, value)));

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_ThatAreWrong_AreAllNamedWithoutTheirKeys()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Bound(("MaxRows", "0"), ("WriteTimeout", "0"), ("ApiKeys:0", " secret"), ("ApiKeys:1", "")));

        Assert.All(["'MaxRows'", "'WriteTimeout'", "'ApiKeys:0'", "'ApiKeys:1'"], name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_WithABlankKey_DoesNotBegin()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.AddPeft(options =>
        {
            options.Model = "no directory";
            options.ApiKeys.Add("");
        });

        Assert.Throws<OptionsValidationException>(() => builder.Build().MapPeft());
    }

    private static PeftServerOptions Bound(params (string Option, string Value)[] settings)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection([new("Peft:Model", "models/llama")])
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create("Peft:" + setting.Option, (string?)setting.Value)));
        builder.AddPeft();
        using IHost app = builder.Build();
        return app.Services.GetRequiredService<IOptions<PeftServerOptions>>().Value;
    }
}
