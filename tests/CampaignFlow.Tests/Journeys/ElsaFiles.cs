namespace CampaignFlow.Tests.Journeys;

/// <summary>Definitions as Elsa's designer exports them.</summary>
internal static class ElsaFiles
{
    public const string Decision = """
        {
          "id": "decide-v1", "definitionId": "decide", "name": "Decide", "version": 1, "isLatest": true, "isPublished": true,
          "variables": [], "outputs": [], "outcomes": [], "customProperties": {}, "toolVersion": "3.3.0.0",
          "inputs": [
            { "type": "Int32", "name": "Amount", "displayName": "Amount", "category": "Primitives", "uiHint": "single-line" },
            { "type": "String", "name": "Name", "displayName": "Name", "category": "Primitives", "uiHint": "single-line" }
          ],
          "root": {
            "id": "flow", "nodeId": "Workflow1:flow", "name": "Flowchart1", "type": "Elsa.Flowchart", "version": 1,
            "customProperties": { "notFoundConnections": [], "canStartWorkflow": false, "runAsynchronously": false },
            "metadata": {}, "variables": [],
            "activities": [
              {
                "id": "decide", "nodeId": "Workflow1:flow:decide", "name": "FlowDecision1", "type": "Elsa.FlowDecision", "version": 1,
                "condition": { "typeName": "Boolean", "expression": { "type": "JavaScript", "value": "getInput('Amount') > 10 && getInput('Name') == 'Pay'" } },
                "customProperties": { "canStartWorkflow": true, "runAsynchronously": false },
                "metadata": { "designer": { "position": { "x": 60, "y": 80 }, "size": { "width": 160, "height": 50 } } }
              },
              {
                "id": "yes", "nodeId": "Workflow1:flow:yes", "name": "WriteLine1", "type": "Elsa.WriteLine", "version": 1,
                "text": { "typeName": "String", "expression": { "type": "Literal", "value": "paid early" } },
                "customProperties": {}, "metadata": {}
              },
              {
                "id": "no", "nodeId": "Workflow1:flow:no", "name": "WriteLine2", "type": "Elsa.WriteLine", "version": 1,
                "text": { "typeName": "String", "expression": { "type": "Literal", "value": "paid late" } },
                "customProperties": {}, "metadata": {}
              }
            ],
            "connections": [
              { "source": { "activity": "decide", "port": "True" }, "target": { "activity": "yes", "port": "In" } },
              { "source": { "activity": "decide", "port": "False" }, "target": { "activity": "no", "port": "In" } }
            ]
          }
        }
        """;

    public const string ForkAndJoin = """
        {
          "id": "meet-v1", "definitionId": "meet", "name": "Meet", "version": 1, "isLatest": true, "isPublished": true,
          "variables": [], "inputs": [], "outputs": [], "outcomes": [], "customProperties": {}, "toolVersion": "3.3.0.0",
          "root": {
            "id": "flow", "nodeId": "Workflow1:flow", "name": "Flowchart1", "type": "Elsa.Flowchart", "version": 1,
            "customProperties": {}, "metadata": {}, "variables": [],
            "activities": [
              {
                "id": "fork", "nodeId": "Workflow1:flow:fork", "name": "FlowFork1", "type": "Elsa.FlowFork", "version": 1,
                "branches": { "typeName": "String[]", "expression": { "type": "Object", "value": "[\"Left\",\"Right\"]" } },
                "customProperties": {}, "metadata": {}
              },
              {
                "id": "left", "nodeId": "Workflow1:flow:left", "name": "WriteLine1", "type": "Elsa.WriteLine", "version": 1,
                "text": { "typeName": "String", "expression": { "type": "Literal", "value": "left" } },
                "customProperties": {}, "metadata": {}
              },
              {
                "id": "right", "nodeId": "Workflow1:flow:right", "name": "WriteLine2", "type": "Elsa.WriteLine", "version": 1,
                "text": { "typeName": "String", "expression": { "type": "Literal", "value": "right" } },
                "customProperties": {}, "metadata": {}
              },
              {
                "id": "join", "nodeId": "Workflow1:flow:join", "name": "FlowJoin1", "type": "Elsa.FlowJoin", "version": 1,
                "mode": { "typeName": "FlowJoinMode", "expression": { "type": "Literal", "value": "WaitAll" } },
                "customProperties": {}, "metadata": {}
              },
              {
                "id": "end", "nodeId": "Workflow1:flow:end", "name": "WriteLine3", "type": "Elsa.WriteLine", "version": 1,
                "text": { "typeName": "String", "expression": { "type": "Literal", "value": "together" } },
                "customProperties": {}, "metadata": {}
              }
            ],
            "connections": [
              { "source": { "activity": "fork", "port": "Left" }, "target": { "activity": "left", "port": "In" } },
              { "source": { "activity": "fork", "port": "Right" }, "target": { "activity": "right", "port": "In" } },
              { "source": { "activity": "left", "port": "Done" }, "target": { "activity": "join", "port": "In" } },
              { "source": { "activity": "right", "port": "Done" }, "target": { "activity": "join", "port": "In" } },
              { "source": { "activity": "join", "port": "Done" }, "target": { "activity": "end", "port": "In" } }
            ]
          }
        }
        """;
}
