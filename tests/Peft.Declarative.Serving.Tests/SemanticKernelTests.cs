using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Peft.Declarative.Serving.Tests;

/// <summary>A persona as the chat service of a Semantic Kernel, registered as the package's README prints it.</summary>
public sealed class SemanticKernelTests : IDisposable
{
    private readonly PersonaFolder _folder = new("captain", "poet");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("captain")]
    [InlineData("poet")]
    public async Task Kernel_WithAPersonaAsItsChatService_AnswersAsThatPersona(string persona)
    {
        await using TestServer server = await TestServer.StartAsync(_folder, builder: program =>
        {
            program.Services.AddKernel();
            program.Services.AddSingleton(services => services.GetRequiredKeyedService<IChatClient>(persona).AsChatCompletionService());
        });
        var kernel = server.Services.GetRequiredService<Kernel>();
        var chat = kernel.GetRequiredService<IChatCompletionService>();
        var settings = new PromptExecutionSettings { ExtensionData = new Dictionary<string, object> { ["temperature"] = 0.0, ["max_tokens"] = 8 } };

        ChatMessageContent answer = await chat.GetChatMessageContentAsync("hello", settings, kernel);
        string streamed = "";
        await foreach (StreamingChatMessageContent piece in chat.GetStreamingChatMessageContentsAsync("hello", settings, kernel))
        {
            streamed += piece.Content;
        }

        string expected = _folder.Expected(persona, "hello", 8);
        Assert.Equal((expected, expected), (answer.Content, streamed));
        Assert.NotEqual(expected, _folder.Expected(null, "hello", 8));
    }
}
