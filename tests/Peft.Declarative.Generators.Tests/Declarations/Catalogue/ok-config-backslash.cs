// expect: none
// config: llama-tiny.json
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [BaseConfig(@"configs\llama-tiny.json")]
public sealed partial class Persona : LlamaForCausalLM;
